"""CloudFormation stacks: termination protection, "no updates", outputs after a change set, events of
resources, Retain, and failures that leave a stack in a state instead of half a change."""
from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .. import live
from .stack_resources import RETAINED, retaining

class ResourceFailed(Exception):
    """A resource could not be made, changed or deleted; the stack has to say so, not the call."""


def fail(message: str) -> Exception:
    from moto.cloudformation.exceptions import ValidationError

    return ValidationError(message=message)


def known_resources(stack: Any) -> dict[str, tuple[str, str, str]]:
    """logical id -> (type, physical id, what the template says)"""
    found = {}
    for name, said in stack.resource_map._resource_json_map.items():
        thing = stack.resource_map._parsed_resources.get(name)
        if thing is not None and not isinstance(thing, str):
            found[name] = (said["Type"], str(getattr(thing, "physical_resource_id", name)), json.dumps(said, sort_keys=True, default=str))
    return found


def add_event(stack: Any, logical_id: str, physical_id: str, kind: str, status: str, reason: str | None = None) -> None:
    from moto.cloudformation.models import Event

    stack.events.append(Event(stack_id=stack.stack_id, stack_name=stack.name, logical_resource_id=logical_id, physical_resource_id=physical_id,
                              resource_type=kind, resource_status=status, resource_status_reason=reason, resource_properties=None))


def add_resource_events(stack: Any) -> None:
    before, after = stack.__dict__.get("known", {}), known_resources(stack)
    if stack.events and stack.events[-1].resource_status == "DELETE_IN_PROGRESS":
        after = {name: row for name, row in before.items() if (stack.resource_map._resource_json_map.get(name, {}).get("DeletionPolicy") in RETAINED)}
    for name in [*after, *[n for n in before if n not in after]]:
        old, new = before.get(name), after.get(name)
        if old != new:
            word = "CREATE" if old is None else "DELETE" if new is None else "UPDATE"
            kind, physical, _said = new or old  # type: ignore[misc]
            add_event(stack, name, physical, kind, f"{word}_IN_PROGRESS")
            add_event(stack, name, physical, kind, f"{word}_COMPLETE")
    stack.known = after


def around_stack_events(plain: Any) -> Any:
    def add(self: Any, resource_status: str, *args: Any, **kwargs: Any) -> None:
        if resource_status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"):
            add_resource_events(self)
        plain(self, resource_status, *args, **kwargs)

    return add


def naming_failures(plain: Any) -> Any:
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return plain(self, *args, **kwargs)
        except Exception as error:
            raise ResourceFailed(getattr(error, "message", None) or str(error)) from error

    return run


def settle(backend: Any, name: str, word: str, final: str, error: Exception, renew: Callable[[], Any] | None = None) -> Any:
    """Everything as before the call; only the stack remembers what happened."""
    account, region = backend.account_id, backend.region_name
    live.roll_back()
    # One that was never stored, as in a region where nothing was done yet, is another one now.
    backend = live.backend("cloudformation", account, region)
    stack = renew() if renew else backend.get_stack(name)
    if stack.stack_id not in backend.stacks:
        backend.stacks[stack.stack_id] = stack
    for status in (f"{word}_IN_PROGRESS", f"{word}_FAILED"):
        add_event(stack, stack.name, stack.stack_id, "AWS::CloudFormation::Stack", status, str(error) if "FAILED" in status else "User Initiated")
    if final != f"{word}_FAILED":
        add_event(stack, stack.name, stack.stack_id, "AWS::CloudFormation::Stack", final)
    stack.status, stack.stack_status_reason = final, str(error)
    return stack


def settled_stack(self: Any) -> Any:
    """A stack whose creation was undone: its name, template and parameters, no resources."""
    from moto.cloudformation.models import Stack
    from moto.cloudformation.utils import generate_stack_id

    backend, name = self.cloudformation_backend, self._get_param("StackName")
    body = self._get_param("TemplateBody") or self._get_stack_from_s3_url(self._get_param("TemplateURL"))
    stack = Stack(generate_stack_id(name, backend.region_name, backend.account_id), name, body, self._get_params_from_list(self._get_param("Parameters", [])),
                 backend.account_id, backend.region_name, cross_stack_resources=backend.exports)
    # To work out an output would make what it is about.
    stack.output_map._output_json_map = {}
    return stack


def create_stack(plain: Any) -> Any:
    def create(self: Any) -> Any:
        from moto.core.responses import ActionResult

        try:
            return plain(self)
        except ResourceFailed as error:
            stack = settle(self.cloudformation_backend, self._get_param("StackName"), "CREATE", "ROLLBACK_COMPLETE", error, lambda: settled_stack(self))
            return ActionResult({"StackId": stack.stack_id})

    return create


def update_stack(plain: Any) -> Any:
    def update(self: Any) -> Any:
        from moto.core.responses import ActionResult

        from .change_sets import refuse_status

        backend, name = self.cloudformation_backend, self._get_param("StackName")
        refuse_status(backend.get_stack(name))
        refuse_no_change(self, backend.get_stack(name))
        try:
            return plain(self)
        except ResourceFailed as error:
            return ActionResult({"StackId": settle(backend, name, "UPDATE", "UPDATE_ROLLBACK_COMPLETE", error).stack_id})

    return update


def refuse_no_change(self: Any, stack: Any) -> None:
    body = self._get_param("TemplateBody") or (self._get_stack_from_s3_url(self._get_param("TemplateURL")) if self._get_param("TemplateURL") else None)
    template = stack.template_dict if self._get_bool_param("UsePreviousTemplate", False) or body is None else stack.parse_template(body)
    given = {p["ParameterKey"]: p for p in self._get_param("Parameters", [])}
    wanted = {}
    for name, slot in (template.get("Parameters") or {}).items():
        asked = given.get(name, {})
        wanted[name] = stack.parameters.get(name, slot.get("Default")) if asked.get("UsePreviousValue") else asked.get("ParameterValue", slot.get("Default"))
    now = {name: stack.parameters.get(name, slot.get("Default")) for name, slot in (stack.template_dict.get("Parameters") or {}).items()}
    tags = {t["Key"]: t["Value"] for t in self._get_param("Tags", [])}
    same = {k: str(v) for k, v in wanted.items()} == {k: str(v) for k, v in now.items()}
    if same and template == stack.template_dict and (not tags or tags == stack.tags):
        raise fail("No updates are to be performed.")


def delete_stack(plain: Any) -> Any:
    def delete(self: Any) -> Any:
        from moto.core.responses import EmptyResult

        backend, name = self.cloudformation_backend, self._get_param("StackName")
        stack = next((s for s in backend.stacks.values() if name in (s.name, s.stack_id)), None)
        if stack is not None and stack.enable_termination_protection:
            raise fail(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        if stack is not None:
            retaining(stack, self._get_param("RetainResources", []))
        try:
            return plain(self)
        except ResourceFailed as error:
            settle(backend, name, "DELETE", "DELETE_FAILED", error)
            return EmptyResult()

    return delete


def update_termination_protection(self: Any) -> Any:
    from moto.core.responses import ActionResult

    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = bool(self._get_bool_param("EnableTerminationProtection", False))
    return ActionResult({"StackId": stack.stack_id})


def apply_models(module: ModuleType) -> None:
    stack = module.Stack
    stack._add_stack_event = around_stack_events(stack._add_stack_event)
    for name in ("create_resources", "update", "delete"):
        setattr(stack, name, naming_failures(getattr(stack, name)))


def apply_responses(module: ModuleType) -> None:
    responses = module.CloudFormationResponse
    for wrap in (create_stack, update_stack, delete_stack):
        setattr(responses, wrap.__name__, wrap(getattr(responses, wrap.__name__)))
    responses.update_termination_protection = update_termination_protection


WHEN = {"moto.cloudformation.models": apply_models, "moto.cloudformation.responses": apply_responses}
