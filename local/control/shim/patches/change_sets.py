"""Change sets: they say what they would change and how, take in what exists, put back what has drifted, and leave
a stack as CreateStack or UpdateStack would have made it."""
from __future__ import annotations

from types import ModuleType
from typing import Any

from .change_details import list_changes, template_of

NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."
UPDATABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")


def error(code: str, message: str) -> Exception:
    from moto.cloudformation.exceptions import CloudFormationError

    return CloudFormationError(code, message)


def find(backend: Any, name: str, stack_name: str | None) -> Any:
    for key, change_set in backend.change_sets.items():
        if name == key or (name == change_set.change_set_name and stack_name in (None, change_set.stack_name, change_set.stack_id)):
            return change_set
    raise error("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")


def refuse_status(stack: Any) -> None:
    from .stacks import fail

    if stack.status not in UPDATABLE:
        raise fail(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")


def find_stack(self: Any, kind: str) -> Any:
    """The stack that a change set is for; of one that is to be created only the name."""
    from moto.cloudformation.models import Stack
    from moto.cloudformation.utils import generate_stack_id

    from .stacks import fail

    backend, name = self.cloudformation_backend, self._get_param("StackName")
    stack = next((s for s in backend.stacks.values() if name in (s.name, s.stack_id)), None)
    if kind == "UPDATE":
        if stack is None:
            raise fail(f"Stack [{name}] does not exist")
        refuse_status(stack)
        return stack
    if stack is None:
        stack = Stack(generate_stack_id(name, backend.region_name, backend.account_id), name, {}, {}, backend.account_id, backend.region_name)
        backend.stacks[stack.stack_id] = stack
        stack.status = "REVIEW_IN_PROGRESS"
        stack._add_stack_event("REVIEW_IN_PROGRESS", resource_status_reason="User Initiated")
    elif stack.status != "REVIEW_IN_PROGRESS":
        raise error("AlreadyExistsException", f"Stack [{name}] already exists and cannot be created again with the changeSet [{self._get_param('ChangeSetName')}]")
    return stack


def read_parameters(self: Any, stack: Any, template: dict[str, Any]) -> dict[str, str]:
    given = {p["ParameterKey"]: p for p in self._get_param("Parameters", [])}
    values = {}
    for name, slot in (template.get("Parameters") or {}).items():
        asked = given.get(name, {})
        values[name] = stack.parameters.get(name) if asked.get("UsePreviousValue") else asked.get("ParameterValue", slot.get("Default"))
    return {name: str(value) for name, value in values.items() if value is not None}


def create_change_set(self: Any) -> Any:
    from moto.cloudformation.models import ChangeSet
    from moto.cloudformation.utils import generate_changeset_id
    from moto.core.responses import ActionResult

    backend, name, kind = self.cloudformation_backend, self._get_param("ChangeSetName"), self._get_param("ChangeSetType", "UPDATE")
    stack = find_stack(self, kind)
    if any(one.change_set_name == name and one.stack_id == stack.stack_id for one in backend.change_sets.values()):
        raise error("AlreadyExistsException", f"ChangeSet [{name}] already exists")
    url = self._get_param("TemplateURL")
    body = stack.template if self._get_bool_param("UsePreviousTemplate", False) else self._get_stack_from_s3_url(url) if url else self._get_param("TemplateBody")
    template = template_of(body)
    parameters = read_parameters(self, stack, template)
    tags = {item["Key"]: item["Value"] for item in self._get_param("Tags", [])}
    made = ChangeSet(kind, generate_changeset_id(name, backend.region_name, backend.account_id), name, stack, body, parameters, self._get_param("Description"),
                     self._get_param("NotificationARNs", []), tags or stack.tags, self._get_param("RoleARN"))
    made.importing, made.reverting = bool(self._get_bool_param("ImportExistingResources", False)), self._get_param("DeploymentMode") == "REVERT_DRIFT"
    made.changes = list_changes(stack, template, parameters, made.importing, made.reverting)
    known = {key: str(value) for key, value in stack.parameters.items()}
    same = kind == "UPDATE" and not made.changes and template == stack.template_dict and parameters == known and dict(made.tags or {}) == dict(stack.tags or {})
    made.status, made.execution_status, made.status_reason = ("FAILED", "UNAVAILABLE", NOTHING) if same else ("CREATE_COMPLETE", "AVAILABLE", None)
    backend.change_sets[made.change_set_id] = made
    return ActionResult({"Id": made.change_set_id, "StackId": stack.stack_id})


def describe_change_set(self: Any) -> Any:
    from moto.core.responses import ActionResult

    one = find(self.cloudformation_backend, self._get_param("ChangeSetName"), self._get_param("StackName"))
    told = {"ChangeSetName": one.change_set_name, "ChangeSetId": one.change_set_id, "StackId": one.stack_id, "StackName": one.stack_name, "Description": one.description,
            "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in one.parameters.items()], "CreationTime": one.creation_time, "ExecutionStatus": one.execution_status,
            "Status": one.status, "StatusReason": one.status_reason, "Tags": [{"Key": k, "Value": v} for k, v in dict(one.tags or {}).items()],
            "Changes": [{"Type": "Resource", "ResourceChange": change} for change in one.changes], "ImportExistingResources": one.importing,
            **({"DeploymentMode": "REVERT_DRIFT"} if one.reverting else {})}
    return ActionResult(told)


def delete_change_set(self: Any, change_set_name: str) -> None:
    self.change_sets = {key: one for key, one in self.change_sets.items() if change_set_name not in (key, one.change_set_name)}


def execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
    from .stacks import ResourceFailed, fail, settle

    change_set = find(self, change_set_name, stack_name)
    if change_set.execution_status != "AVAILABLE":
        raise fail(f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current status of [{change_set.status}]")
    stack, word = self.stacks[change_set.stack_id], change_set.change_set_type
    stack._add_stack_event(f"{word}_IN_PROGRESS", resource_status_reason="User Initiated")
    try:
        carry_out(stack, change_set)
        complete(self, stack, change_set)
    except Exception as trouble:
        settle(self, stack.stack_id, word, "ROLLBACK_COMPLETE" if word == "CREATE" else "UPDATE_ROLLBACK_COMPLETE",
               ResourceFailed(getattr(trouble, "message", None) or str(trouble)))
        return
    stack._add_stack_event(f"{word}_COMPLETE")
    stack.status = f"{word}_COMPLETE"
    # An executed change set stays to be looked at; the others of its stack are of no use any more.
    self.change_sets = {key: one for key, one in self.change_sets.items() if one is change_set or one.stack_id != stack.stack_id}
    change_set.execution_status = "EXECUTE_COMPLETE"


def carry_out(stack: Any, change_set: Any) -> None:
    from . import bucket_properties
    from .stack_resources import revert

    bucket_properties.adopting = {c["PhysicalResourceId"] for c in change_set.changes if c["Action"] == "Import"}
    try:
        change_set.apply()
        revert(stack, change_set.changes)
    finally:
        bucket_properties.adopting = set()


def complete(backend: Any, stack: Any, change_set: Any) -> None:
    """What moto leaves out: description, parameters, tags, outputs and exports."""
    stack.template = change_set.template
    stack._parse_template()
    stack.description = stack.template_dict.get("Description")
    stack.parameters = change_set.parameters
    stack.tags = change_set.tags or stack.tags
    stack.output_map = stack._create_output_map()
    for export in stack.exports:
        backend.exports[export.name] = export


def apply(module: ModuleType) -> None:
    module.CloudFormationBackend.execute_change_set = execute_change_set
    module.CloudFormationBackend.delete_change_set = delete_change_set


def apply_responses(module: ModuleType) -> None:
    module.CloudFormationResponse.create_change_set = create_change_set
    module.CloudFormationResponse.describe_change_set = describe_change_set
    # Ours answers in the words of the API already.
    for part in ("Changes", "Parameters"):
        module.CloudFormationResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER.pop(f"DescribeChangeSetOutput.{part}", None)


WHEN = {"moto.cloudformation.models": apply, "moto.cloudformation.responses": apply_responses}
