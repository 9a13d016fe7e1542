"""Change sets: after ExecuteChangeSet a stack is what CreateStack or UpdateStack would have made of it."""
from __future__ import annotations

from types import ModuleType
from typing import Any


def find(backend: Any, name: str, stack_name: str | None) -> Any:
    for key, change_set in backend.change_sets.items():
        if name == key or (name == change_set.change_set_name and stack_name in (None, change_set.stack_name, change_set.stack_id)):
            return change_set
    from moto.cloudformation.exceptions import CloudFormationError

    raise CloudFormationError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")


def execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
    from .stacks import ResourceFailed, fail, settle

    change_set = find(self, change_set_name, stack_name)
    if change_set.execution_status != "AVAILABLE":
        raise fail(f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current status of [{change_set.status}]")
    stack, word = self.stacks[change_set.stack_id], change_set.change_set_type
    stack._add_stack_event(f"{word}_IN_PROGRESS", resource_status_reason="User Initiated")
    try:
        change_set.apply()
        complete(self, stack, change_set)
    except Exception as error:
        settle(self, stack.stack_id, word, "ROLLBACK_COMPLETE" if word == "CREATE" else "UPDATE_ROLLBACK_COMPLETE",
               ResourceFailed(getattr(error, "message", None) or str(error)))
        return
    stack._add_stack_event(f"{word}_COMPLETE")
    change_set.execution_status, stack.status = "EXECUTE_COMPLETE", f"{word}_COMPLETE"


def complete(backend: Any, stack: Any, change_set: Any) -> None:
    """What moto leaves out: description, parameters, tags, outputs and exports."""
    stack.template = change_set.template
    stack._parse_template()
    stack.description = stack.template_dict.get("Description")
    stack.parameters = change_set.parameters or stack.parameters
    stack.tags = change_set.tags or stack.tags
    stack.output_map = stack._create_output_map()
    for export in stack.exports:
        backend.exports[export.name] = export


def apply(module: ModuleType) -> None:
    module.CloudFormationBackend.execute_change_set = execute_change_set
    module.CloudFormationBackend.describe_change_set = lambda self, change_set_name: find(self, change_set_name, None)
