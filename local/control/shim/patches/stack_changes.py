"""What an update of a stack does to a resource, and how a change set announces it: nothing where only attributes beside
the properties differ, a replacement where a property cannot change on what exists."""
from __future__ import annotations

import json
from types import ModuleType
from typing import Any

ATTRIBUTES = ("Properties", "Metadata", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy")
# Properties that cannot change on what exists.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
REPLACING = {
    "AWS::EC2::Instance": {"ImageId", "SubnetId", "KeyName", "AvailabilityZone", "PrivateIpAddress", "NetworkInterfaces", "BlockDeviceMappings", "SecurityGroups"},
    "AWS::IAM::Role": {"RoleName", "Path"},
    "AWS::IAM::InstanceProfile": {"InstanceProfileName", "Path"},
}


def resolved(said: dict[str, Any], resources: Any) -> dict[str, Any]:
    from moto.cloudformation.parsing import clean_json

    return json.loads(json.dumps(clean_json(said.get("Properties", {}), resources), default=str))


def changed_properties(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def remember(plain: Any) -> Any:
    def create(logical_id: str, resource_json: dict[str, Any], resources_map: Any, *args: Any, **kwargs: Any) -> Any:
        resource = plain(logical_id, resource_json, resources_map, *args, **kwargs)
        if resource is not None and not isinstance(resource, str):
            resource.cfn_properties = resolved(resource_json, resources_map)
        return resource

    return create


def change(plain: Any) -> Any:
    def update(logical_id: str, resource_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str) -> Any:
        from moto.cloudformation import parsing

        thing = resources_map[logical_id]
        before, after = getattr(thing, "cfn_properties", None), resolved(resource_json, resources_map)
        if before == after:
            return thing
        changed = changed_properties(before or {}, after)
        if resource_json["Type"] == "AWS::EC2::Instance":
            if before is None or not changed & REPLACING["AWS::EC2::Instance"]:
                raise NotImplementedError(f"the local target cannot change {', '.join(sorted(changed))} of an instance of a stack")
            new = parsing.parse_and_create_resource(logical_id, resource_json, resources_map, account_id, region_name)
            if resource_json.get("UpdateReplacePolicy") != "Retain":
                thing.delete(account_id, region_name)
            return new
        new = plain(logical_id, resource_json, resources_map, account_id, region_name)
        if new is not None:
            new.cfn_properties = after
        return new

    return update


def announce(plain: Any) -> Any:
    """Scope, replacement and details of each change. Parameters of Systems Manager are read anew, as every update does.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html"""

    def diff(self: Any) -> Any:
        from moto.cloudformation.models import Change

        stack, known = self.stack, self.stack.resource_map
        if not known._resource_json_map:
            return plain(self)
        future = type(known)(stack.stack_id, stack.name, self.parameters or {}, stack.tags, stack.region_name, stack.account_id, self.template_dict,
                             known.cross_stack_resources)
        future.load_mapping()
        future.load_parameters()
        future.load_conditions()
        future._parsed_resources.update({name: thing for name, thing in known._parsed_resources.items() if name in self.template_dict["Resources"]})
        changes = [change for change in plain(self) if change.action != "Modify"]
        for name, said in self.template_dict["Resources"].items():
            old = known._resource_json_map.get(name)
            if old is None:
                continue
            thing = known._parsed_resources.get(name)
            properties = changed_properties(getattr(thing, "cfn_properties", {}), resolved(said, future)) if old.get("Properties") or said.get("Properties") else set()
            scope = [attribute for attribute in ATTRIBUTES if (bool(properties) if attribute == "Properties" else old.get(attribute) != said.get(attribute))]
            if not scope:
                continue
            change = Change("Modify", name, said["Type"])
            change.physical_resource_id = getattr(thing, "physical_resource_id", None)
            change.scope = scope
            change.replacement = "True" if properties & REPLACING.get(said["Type"], set()) else "False"
            change.details = [
                {"Target": {"Attribute": "Properties", "Name": one, "RequiresRecreation": "Always" if one in REPLACING.get(said["Type"], set()) else "Never"},
                 "Evaluation": "Static", "ChangeSource": "DirectModification"} for one in sorted(properties)]
            changes.append(change)
        return changes

    return diff


def show_parameters(stack: Any) -> list[dict[str, Any]]:
    """The path of a parameter of Systems Manager, and apart from it what it was when the stack was made or changed."""
    slots, given, values = stack.template_dict.get("Parameters") or {}, stack.resource_map.input_parameters, stack.resource_map.resolved_parameters
    shown = []
    for name, value in values.items():
        slot = slots.get(name, {})
        row: dict[str, Any] = {"ParameterKey": name, "ParameterValue": "****" if name in stack.resource_map.no_echo_parameter_keys else value}
        if str(slot.get("Type", "")).startswith("AWS::SSM::Parameter::"):
            row = {"ParameterKey": name, "ParameterValue": given.get(name, slot.get("Default")), "ResolvedValue": value}
        shown.append(row)
    return shown


def describe_change_set(self: Any) -> Any:
    from moto.core.responses import ActionResult

    from .change_sets import find

    return ActionResult(find(self.cloudformation_backend, self._get_param("ChangeSetName"), self._get_param("StackName")))


def delete_change_set(self: Any) -> Any:
    """Of this stack; the change sets of two may have one name. One that is gone is no fault."""
    from moto.core.responses import EmptyResult

    backend, name, stack = self.cloudformation_backend, self._get_param("ChangeSetName"), self._get_param("StackName")
    for key, known in list(backend.change_sets.items()):
        if name == key or (name == known.change_set_name and stack in (known.stack_name, known.stack_id)):
            del backend.change_sets[key]
    return EmptyResult()


def apply_responses(module: ModuleType) -> None:
    module.CloudFormationResponse.describe_change_set = describe_change_set
    module.CloudFormationResponse.delete_change_set = delete_change_set


def apply(module: ModuleType) -> None:
    from moto.cloudformation import parsing

    parsing.parse_and_create_resource = remember(parsing.parse_and_create_resource)
    parsing.parse_and_update_resource = change(parsing.parse_and_update_resource)
    module.ChangeSet.diff = announce(module.ChangeSet.diff)
    module.Stack.parameter_list = property(show_parameters)
    # What UsePreviousValue means: the path, not the value of that time.
    module.Stack.stack_parameters = property(lambda stack: {row["ParameterKey"]: row["ParameterValue"] for row in show_parameters(stack)})


WHEN = {"moto.cloudformation.models": apply, "moto.cloudformation.responses": apply_responses}
