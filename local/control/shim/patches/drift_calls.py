"""DetectStackDrift and what is asked after it. The answer is worked out when it is asked for."""
from __future__ import annotations

import uuid
from types import ModuleType
from typing import Any

from . import drift


def now() -> Any:
    from moto.core.utils import utcnow

    return utcnow()


def list_drifts(stack: Any) -> list[dict[str, Any]]:
    from .change_details import text

    told = []
    for name, thing in stack.resource_map._parsed_resources.items():
        if not hasattr(thing, "physical_resource_id") or name not in stack.resource_map._resource_json_map:
            continue
        found = drift.compare(stack, name)
        status = "NOT_CHECKED" if found is None else "DELETED" if found == drift.GONE else "MODIFIED" if found else "IN_SYNC"
        differences = [{"PropertyPath": path, "ExpectedValue": text(expected), "ActualValue": text(actual), "DifferenceType": "REMOVE" if actual is None else "NOT_EQUAL"}
                       for path, expected, actual in (found if isinstance(found, list) else [])]
        told.append({"StackId": stack.stack_id, "LogicalResourceId": name, "PhysicalResourceId": str(thing.physical_resource_id), "StackResourceDriftStatus": status,
                     "ResourceType": stack.resource_map._resource_json_map[name]["Type"], "PropertyDifferences": differences, "Timestamp": now()})
    return told


def detect_stack_drift(self: Any) -> Any:
    from moto.core.responses import ActionResult

    from .change_sets import UPDATABLE
    from .stacks import fail

    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    if stack.status not in UPDATABLE:
        raise fail(f"Drift detection cannot be performed on stack [{stack.stack_id}] while it is in {stack.status} state.")
    stack.drift_detection = str(uuid.uuid4())
    return ActionResult({"StackDriftDetectionId": stack.drift_detection})


def describe_stack_drift_detection_status(self: Any) -> Any:
    from moto.core.responses import ActionResult

    from .stacks import fail

    wanted = self._get_param("StackDriftDetectionId")
    stack = next((s for s in self.cloudformation_backend.stacks.values() if s.__dict__.get("drift_detection") == wanted), None)
    if stack is None:
        raise fail(f"Drift detection [{wanted}] does not exist")
    count = sum(one["StackResourceDriftStatus"] in ("MODIFIED", "DELETED") for one in list_drifts(stack))
    return ActionResult({"StackId": stack.stack_id, "StackDriftDetectionId": wanted, "DetectionStatus": "DETECTION_COMPLETE", "Timestamp": now(),
                         "StackDriftStatus": "DRIFTED" if count else "IN_SYNC", "DriftedStackResourceCount": count})


def describe_stack_resource_drifts(self: Any) -> Any:
    from moto.core.responses import ActionResult

    stack, wanted = self.cloudformation_backend.get_stack(self._get_param("StackName")), self._get_param("StackResourceDriftStatusFilters", [])
    told = [one for one in list_drifts(stack) if not wanted or one["StackResourceDriftStatus"] in wanted]
    return ActionResult({"StackResourceDrifts": [one for one in told if one["StackResourceDriftStatus"] != "NOT_CHECKED" or wanted]})


def apply(module: ModuleType) -> None:
    for call in (detect_stack_drift, describe_stack_drift_detection_status, describe_stack_resource_drifts):
        setattr(module.CloudFormationResponse, call.__name__, call)


WHEN = {"moto.cloudformation.responses": apply}
