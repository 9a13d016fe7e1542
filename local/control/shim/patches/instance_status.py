"""DescribeInstanceStatus: the checks of a machine that boots are `initializing` until the gateway tells how they went."""
from __future__ import annotations

from types import ModuleType
from typing import Any

from .. import guests
from .ec2_common import fail, matches, page, tag_filter

REACHABILITY = {"ok": "passed", "initializing": "initializing", "impaired": "failed"}
# No machine here is ever announced to be retired or rebooted.
EVENTS = ("event.code", "event.description", "event.instance-event-id", "event.not-after", "event.not-before", "event.not-before-deadline")


def checks_of(instance: Any) -> str:
    return instance.__dict__.get("checks", "ok") if guests.here() else "ok"


def summary(instance: Any, checks: str) -> dict[str, Any]:
    if instance.state != "running":
        return {"Status": "not-applicable"}
    detail = {"Name": "reachability", "Status": REACHABILITY[checks]}
    if checks == "impaired":
        detail["ImpairedSince"] = instance.impaired_since
    return {"Details": [detail], "Status": checks}


def instance_status(instance: Any) -> dict[str, Any]:
    return summary(instance, checks_of(instance))


def system_status(instance: Any) -> dict[str, Any]:
    """The check of the host. A machine that does not answer says nothing against its host."""
    checks = checks_of(instance)
    return summary(instance, "ok" if checks == "impaired" else checks)


def row(instance: Any) -> dict[str, Any]:
    nic = instance.nics.get(0)
    return {
        "AvailabilityZone": instance._placement.zone, "AvailabilityZoneId": nic.subnet.availability_zone_id if nic else None, "InstanceId": instance.id,
        "InstanceState": instance.instance_state, "InstanceStatus": instance.instance_status, "SystemStatus": instance.system_status, "Events": [],
    }


def values(shown: dict[str, Any]) -> dict[str, str | None]:
    """What the filters of this call look at."""
    found = {"availability-zone": shown["AvailabilityZone"], "availability-zone-id": shown["AvailabilityZoneId"],
             "instance-state-name": shown["InstanceState"].name, "instance-state-code": str(shown["InstanceState"].code)}
    for name, status in (("instance-status", shown["InstanceStatus"]), ("system-status", shown["SystemStatus"])):
        found[f"{name}.status"] = status["Status"]
        found[f"{name}.reachability"] = status["Details"][0]["Status"] if "Details" in status else None
    return found


def passes(backend: Any, shown: dict[str, Any], filters: dict[str, list[str]]) -> bool:
    known = {**values(shown), **dict.fromkeys(EVENTS)}
    for name, wanted in filters.items():
        by_tag = tag_filter(backend, shown["InstanceId"], name, wanted)
        if by_tag is None and name not in known:
            raise fail("InvalidParameterValue", f"The filter '{name}' is invalid")
        if not (matches(known[name], wanted) if by_tag is None else by_tag):
            return False
    return True


def describe_instance_status(self: Any) -> Any:
    from moto.core.responses import ActionResult

    self.error_on_dryrun()
    backend, ids = self.ec2_backend, self._get_param("InstanceIds", []) or []
    instances = backend.get_multi_instances_by_id(ids) if ids else backend.all_instances()
    if not self._get_bool_param("IncludeAllInstances", False):
        instances = [i for i in instances if i.state == "running"]
    filters = self._filters_from_querystring()
    shown = [one for one in map(row, instances) if passes(backend, one, filters)]
    part, token = page(shown, self, lambda one: one["InstanceId"])
    return ActionResult({"InstanceStatuses": part, "NextToken": token})


def apply_models(module: ModuleType) -> None:
    from moto.ec2.models.instances import Instance

    Instance.instance_status = property(instance_status)
    Instance.system_status = property(system_status)


def apply_responses(module: ModuleType) -> None:
    module.InstanceResponse.describe_instance_status = describe_instance_status


WHEN = {"moto.ec2.models": apply_models, "moto.ec2.responses": apply_responses}
