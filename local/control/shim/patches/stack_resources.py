"""What becomes of the resources of a stack: kept when their policy says so, left alone when only such a policy
changes, and never lost because moto cannot change one in place."""
from __future__ import annotations

from types import ModuleType
from typing import Any

RETAINED = ("Retain", "RetainExceptOnCreate")
# What a resource carries beside its properties; to change it touches nothing but the books of the stack.
BOOKS = ("DeletionPolicy", "UpdateReplacePolicy", "Metadata", "DependsOn", "CreationPolicy", "UpdatePolicy")


def without_books(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in BOOKS}


def keep_retained(plain: Any) -> Any:
    def delete_resource(self: Any, parsed_resource: Any, resource_json: dict[str, Any]) -> None:
        if resource_json.get("DeletionPolicy") not in RETAINED:
            plain(self, parsed_resource, resource_json)

    return delete_resource


def as_text(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def worth(resources: Any, template: dict[str, Any], parameters: dict[str, Any] | None) -> dict[str, str]:
    """What parameters stand for now: those of Systems Manager are read anew, as every update does it.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html"""
    future = type(resources)(resources.stack_id, "", parameters or resources.input_parameters, {}, resources._region_name, resources._account_id, template, None)
    future.load_parameters()
    return as_text(future.resolved_parameters)


def change_what_changes(plain: Any) -> Any:
    def update(self: Any, template: dict[str, Any], parameters: Any = None) -> None:
        from .change_details import with_parameters

        old, new = self._resource_json_map, template["Resources"]
        gone = [name for name in old if name not in new]
        before, after = as_text(self.resolved_parameters), worth(self, template, parameters)
        for name, said in new.items():
            if name in old and without_books(old[name]) == without_books(said):
                moved = with_parameters(said, before) != with_parameters(said, after)
                # moto compares what is written: a parameter that is worth something else now is a change, too.
                old[name] = {**said, "Moved": True} if moved else said
        plain(self, template, parameters)
        for name in gone:
            self._parsed_resources.pop(name, None)

    return update


def refuse_unknown_updates(plain: Any) -> Any:
    def update(logical_id: str, resource_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str) -> Any:
        from moto.cloudformation.exceptions import ValidationError

        before = resources_map._parsed_resources.get(logical_id)
        changed = plain(logical_id, resource_json, resources_map, account_id, region_name)
        if changed is None and before is not None:
            raise ValidationError(message=f"The local target cannot change a {resource_json['Type']} in place ({logical_id})")
        return changed

    return update


def revert(stack: Any, changes: list[dict[str, Any]]) -> None:
    """Makes what has drifted what the template says, as a drift-aware change set does."""
    from moto.cloudformation import parsing

    things = stack.resource_map
    for change in changes:
        name, status = change["LogicalResourceId"], change.get("ResourceDriftStatus")
        if status == "DELETED":
            things._parsed_resources.pop(name, None)
            things[name]
        elif status == "MODIFIED":
            things._parsed_resources[name] = parsing.parse_and_update_resource(name, things._resource_json_map[name], things, stack.account_id, stack.region_name)


def retaining(stack: Any, names: list[str]) -> None:
    """What DeleteStack was told to leave, for a stack whose deletion has failed before."""
    from .stacks import fail

    if names and stack.status != "DELETE_FAILED":
        raise fail(f"Invalid operation on stack [{stack.stack_id}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.")
    said = stack.resource_map._resource_json_map
    for name in names:
        if name not in said:
            raise fail(f"The specified resources to retain must be in a valid state. Unknown resource: {name}")
        said[name] = {**said[name], "DeletionPolicy": "Retain"}


def apply(module: ModuleType) -> None:
    from moto.cloudformation import parsing

    resource_map = module.ResourceMap
    resource_map._delete_resource = keep_retained(resource_map._delete_resource)
    resource_map.update = change_what_changes(resource_map.update)
    parsing.parse_and_update_resource = refuse_unknown_updates(parsing.parse_and_update_resource)


WHEN = {"moto.cloudformation.models": apply}
