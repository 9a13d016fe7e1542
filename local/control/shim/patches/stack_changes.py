"""How the parameters of a stack are shown, and what becomes of a machine whose properties change: it is made anew where
one of them cannot change on what exists."""
from __future__ import annotations

import json
from types import ModuleType
from typing import Any

MACHINE = "AWS::EC2::Instance"


def resolved(said: dict[str, Any], resources: Any) -> dict[str, Any]:
    from moto.cloudformation.parsing import clean_json

    return json.loads(json.dumps(clean_json(said.get("Properties", {}), resources), default=str))


def remember(plain: Any) -> Any:
    def create(logical_id: str, resource_json: dict[str, Any], resources_map: Any, *args: Any, **kwargs: Any) -> Any:
        resource = plain(logical_id, resource_json, resources_map, *args, **kwargs)
        if resource is not None and resource_json["Type"] == MACHINE:
            resource.cfn_properties = resolved(resource_json, resources_map)
        return resource

    return create


def change_machine(plain: Any) -> Any:
    def update(logical_id: str, resource_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str) -> Any:
        from moto.cloudformation import parsing

        from .change_details import IDENTITY

        if resource_json["Type"] != MACHINE:
            return plain(logical_id, resource_json, resources_map, account_id, region_name)
        thing = resources_map[logical_id]
        before, after = getattr(thing, "cfn_properties", {}), resolved(resource_json, resources_map)
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if not changed:
            return thing
        if not changed & set(IDENTITY[MACHINE]):
            raise NotImplementedError(f"the local target cannot change {', '.join(sorted(changed))} of an instance of a stack")
        new = parsing.parse_and_create_resource(logical_id, resource_json, resources_map, account_id, region_name)
        if resource_json.get("UpdateReplacePolicy") != "Retain":
            thing.delete(account_id, region_name)
        return new

    return update


def show_parameters(stack: Any) -> list[dict[str, Any]]:
    """The path of a parameter of Systems Manager, and apart from it what it was when the stack was made or changed."""
    slots, given, worth = stack.template_dict.get("Parameters") or {}, stack.resource_map.input_parameters, stack.resource_map.resolved_parameters
    shown = []
    for name, value in worth.items():
        slot = slots.get(name, {})
        row: dict[str, Any] = {"ParameterKey": name, "ParameterValue": "****" if name in stack.resource_map.no_echo_parameter_keys else value}
        if str(slot.get("Type", "")).startswith("AWS::SSM::Parameter::"):
            row = {"ParameterKey": name, "ParameterValue": given.get(name, slot.get("Default")), "ResolvedValue": value}
        shown.append(row)
    return shown


def delete_change_set(self: Any) -> Any:
    """Of this stack; the change sets of two may have one name. One that is gone is no fault."""
    from moto.core.responses import EmptyResult

    backend, name, stack = self.cloudformation_backend, self._get_param("ChangeSetName"), self._get_param("StackName")
    for key, known in list(backend.change_sets.items()):
        if name == key or (name == known.change_set_name and stack in (known.stack_name, known.stack_id)):
            del backend.change_sets[key]
    return EmptyResult()


def apply_responses(module: ModuleType) -> None:
    module.CloudFormationResponse.delete_change_set = delete_change_set


def apply(module: ModuleType) -> None:
    from moto.cloudformation import parsing

    parsing.parse_and_create_resource = remember(parsing.parse_and_create_resource)
    parsing.parse_and_update_resource = change_machine(parsing.parse_and_update_resource)
    module.Stack.parameter_list = property(show_parameters)
    # What UsePreviousValue means: the path, not the value of that time.
    module.Stack.stack_parameters = property(lambda stack: {row["ParameterKey"]: row["ParameterValue"] for row in show_parameters(stack)})


WHEN = {"moto.cloudformation.models": apply, "moto.cloudformation.responses": apply_responses}
