"""The states of an instance. moto knows three and is in each of them at once.

With machines an instance is `pending`, `stopping` or `shutting-down` until the gateway tells us that the machine
is there or gone. What EC2 refuses in a state is refused.
"""
from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

from .. import guests
from .ec2_common import fail

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
RESTS = {"pending": "running", "stopping": "stopped", "shutting-down": "terminated"}
# News of a machine may be late: they never undo what a person has asked for meanwhile.
COMES_FROM = {
    "pending": {"stopped", "running"},
    "running": {"pending"},
    "stopping": {"pending", "running"},
    "stopped": {"pending", "running", "stopping"},
    "shutting-down": {"pending", "running", "stopping", "stopped"},
    "terminated": {"pending", "running", "stopping", "stopped", "shutting-down"},
}
ENDING = ("shutting-down", "terminated")
GOING_DOWN = ("stopping", "shutting-down", "stopped", "terminated")
BY_USER = ("Client.UserInitiatedShutdown", "User initiated shutdown")
# Only these need a stopped instance; everything else can be changed at any time.
WHEN_STOPPED = ("instanceType", "userData", "kernel", "ramdisk", "ebsOptimized", "enaSupport", "sriovNetSupport")


def move(instance: Any, name: str) -> Any:
    previous = copy.copy(instance._state)
    instance._state.name, instance._state.code = name, CODES[name]
    return previous


def set_reason(instance: Any, code: str, message: str) -> None:
    from moto.core.utils import utcnow

    text = message if message.startswith(code) else f"{code}: {message}"
    instance.state_reason = type(instance.state_reason)(text, code)
    instance._reason = f"User initiated ({utcnow():%Y-%m-%d %H:%M:%S} GMT)" if code == BY_USER[0] else text


def clear_reason(instance: Any) -> None:
    instance.state_reason, instance._reason = type(instance.state_reason)(), ""


def await_machine(instance: Any) -> Any:
    previous = move(instance, "pending")
    instance.state_reason, instance._reason = type(instance.state_reason)("pending", "pending"), ""
    return previous


def release(instance: Any) -> None:
    """What an instance gives back at its end. moto forgets addresses, and interfaces that outlive it."""
    backend = instance.ec2_backend
    interfaces = {nic.id: nic for nic in instance.nics.values()}
    for address in backend.addresses:
        if (address.instance and address.instance.id == instance.id) or (address.eni and address.eni.id in interfaces):
            backend.disassociate_address(address=address.public_ip)
    for nic in interfaces.values():
        if nic.id not in backend.enis:
            nic.delete_on_termination = False  # somebody has deleted it before
    reason = instance.state_reason, instance._reason
    _terminate(instance)
    instance.state_reason, instance._reason = reason
    for nic in interfaces.values():
        if nic.id in backend.enis:
            nic.instance = nic.attachment_id = nic.attach_time = nic.device_index = None
            nic.status = "available"


def arrive(instance: Any, name: str) -> None:
    """The machine is in this state now."""
    if name == "terminated":
        release(instance)
    if name == "stopped":
        for nic in instance.nics.values():
            nic.stop()
    if name == "running":
        clear_reason(instance)
        instance.has_run, instance.checks = True, "initializing"
    move(instance, name)


def depart(instance: Any, name: str) -> Any:
    """Somebody asked for it; the machine follows."""
    if name != "pending":
        set_reason(instance, *BY_USER)
        return move(instance, name)
    from moto.core.utils import utcnow

    instance.launch_time = utcnow()
    for nic in instance.nics.values():
        nic.start()
    return await_machine(instance)


def tell(instance: Any, state: str | None, reason: tuple[str, str] | None, status: str | None) -> bool:
    """What the gateway knows of the machine. False when the books said so before, or may no longer hear it."""
    before = _facts(instance)
    if state and instance.state in COMES_FROM[state]:
        if reason or (state in GOING_DOWN and instance.state not in GOING_DOWN[:2]):
            set_reason(instance, *(reason or BY_USER))
        if state in RESTS.values():
            arrive(instance, state)
        elif state == "pending":
            await_machine(instance)
        else:
            move(instance, state)
    elif state == instance.state and reason and reason[0] != instance.state_reason.code:
        set_reason(instance, *reason)
    if status and instance.state == "running" and status != instance.__dict__.get("checks"):
        from moto.core.utils import utcnow

        instance.checks, instance.impaired_since = status, utcnow() if status == "impaired" else None
    return _facts(instance) != before


def _facts(instance: Any) -> tuple[Any, ...]:
    return instance.state, instance._reason, instance.state_reason.code, instance.state_reason.message, instance.__dict__.get("checks")


def _terminate(_instance: Any) -> Any:
    raise RuntimeError("moto.ec2.models is not patched yet")


def chosen(backend: Any, ids: list[str]) -> list[Any]:
    instances = backend.get_multi_instances_by_id(ids)
    if not guests.here():
        # Left by a time with machines: nobody else would move them on.
        for instance in instances:
            if instance.state in RESTS:
                arrive(instance, RESTS[instance.state])
    return list({i.id: i for i in instances}.values())


def switched_on(value: Any) -> bool:
    return str(value).lower() == "true"


def start_instances(self: Any, instance_ids: list[str]) -> list[tuple[Any, Any]]:
    instances = chosen(self, instance_ids)
    for instance in instances:
        if instance.state not in ("pending", "running", "stopped"):
            raise fail("IncorrectInstanceState", f"The instance '{instance.id}' is not in a state from which it can be started.")
    return [(i, i.start() if i.state == "stopped" else copy.copy(i._state)) for i in instances]


def stop_instances(self: Any, instance_ids: list[str]) -> list[tuple[Any, Any]]:
    instances = chosen(self, instance_ids)
    for instance in instances:
        if instance.state in ENDING:
            raise fail("IncorrectInstanceState", f"This instance '{instance.id}' is not in a state from which it can be stopped.")
        if switched_on(instance.disable_api_stop):
            raise fail("OperationNotPermitted", f"The instance '{instance.id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.")
        if instance.state == "pending" and not instance.__dict__.get("has_run", True):
            raise fail("IncorrectInstanceState", f"Instance '{instance.id}' cannot be stopped as it has never reached the 'running' state.")
    return [(i, i.stop() if i.state in ("pending", "running") else copy.copy(i._state)) for i in instances]


def terminate_instances(self: Any, instance_ids: list[str]) -> list[tuple[Any, Any]]:
    if not instance_ids:
        raise fail("InvalidParameterCombination", "No instances specified")
    instances = chosen(self, instance_ids)
    for instance in instances:
        if instance.state not in ENDING and switched_on(instance.disable_api_termination):
            raise fail("OperationNotPermitted", f"The instance '{instance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.")
    return [(i, i.terminate()) for i in instances]


def reboot_instances(self: Any, instance_ids: list[str]) -> list[Any]:
    instances = chosen(self, instance_ids)
    for instance in instances:
        if guests.here() and instance.state != "running":
            raise fail("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'running' state.")
    for instance in instances:
        if not guests.here():
            instance.reboot()
    return instances


def run_instances(plain: Any) -> Any:
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        reservation = plain(self, *args, **kwargs)
        if guests.here():
            for instance in reservation.instances:
                await_machine(instance)
                instance.has_run = False
        return reservation

    return run


def change_state(plain: Any, name: str) -> Any:
    def change(self: Any) -> Any:
        return depart(self, name) if guests.here() else plain(self)

    return change


def terminate(self: Any) -> Any:
    if self.state in ENDING:
        return copy.copy(self._state)
    previous = depart(self, "shutting-down")
    if not guests.here():
        arrive(self, "terminated")
    return previous


def show_rest(plain: Any, rows: str, at_rest: tuple[str, str]) -> Any:
    """An instance that had nothing to do is in the state in which it was."""

    def show(self: Any) -> Any:
        answer = plain(self)
        for row in answer.result[rows]:
            if row["PreviousState"].name in at_rest:
                row["CurrentState"] = row["PreviousState"]
        return answer

    return show


def modify_instance_attribute(plain: Any) -> Any:
    def modify(self: Any) -> Any:
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        asked = [n for n in WHEN_STOPPED if n == self._get_param("Attribute") or self._get_param(f"{n[0].upper()}{n[1:]}.Value") is not None]
        if asked and guests.here() and instance.state != "stopped":
            raise fail("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'stopped' state.")
        return plain(self)

    return modify


def apply_models(module: ModuleType) -> None:
    global _terminate
    from moto.ec2.models.instances import Instance, InstanceBackend

    _terminate = Instance.terminate
    Instance.terminate = terminate
    Instance.start = change_state(Instance.start, "pending")
    Instance.stop = change_state(Instance.stop, "stopping")
    InstanceBackend.run_instances = run_instances(InstanceBackend.run_instances)
    for operation in (start_instances, stop_instances, terminate_instances, reboot_instances):
        setattr(InstanceBackend, operation.__name__, operation)


def apply_responses(module: ModuleType) -> None:
    instances = module.InstanceResponse
    instances.start_instances = show_rest(instances.start_instances, "StartingInstances", ("pending", "running"))
    instances.stop_instances = show_rest(instances.stop_instances, "StoppingInstances", ("stopping", "stopped"))
    instances.terminate_instances = show_rest(instances.terminate_instances, "TerminatingInstances", ENDING)
    instances.modify_instance_attribute = modify_instance_attribute(instances.modify_instance_attribute)


WHEN = {"moto.ec2.models": apply_models, "moto.ec2.responses": apply_responses}
