"""What a change set would change: resource by resource, property by property."""
from __future__ import annotations

import json
from typing import Any

from . import drift
from .stack_resources import BOOKS, RETAINED, as_text, worth

# To change one of these is to make the thing anew.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
IDENTITY = {
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::EC2::Instance": ("ImageId", "SubnetId", "KeyName", "AvailabilityZone", "PrivateIpAddress", "NetworkInterfaces", "BlockDeviceMappings", "SecurityGroups"),
    "AWS::IAM::Role": ("RoleName", "Path"),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", "Path"),
}


def template_of(body: Any) -> dict[str, Any]:
    from .templates import parse

    return body if isinstance(body, dict) else parse(body or "")


def with_parameters(value: Any, parameters: dict[str, str]) -> Any:
    """References to parameters, and to what exists, are what they stand for; all others stay as they are written."""
    if isinstance(value, dict):
        name = value.get("Ref") if len(value) == 1 else None
        return parameters[name] if isinstance(name, str) and name in parameters else {k: with_parameters(v, parameters) for k, v in value.items()}
    return [with_parameters(one, parameters) for one in value] if isinstance(value, list) else value


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def detail(attribute: str, name: str | None, before: Any, after: Any, recreation: str = "Never") -> dict[str, Any]:
    kind = "Add" if before is None else "Remove" if after is None else "Modify"
    target = {"Attribute": attribute, "Name": name, "RequiresRecreation": recreation, "AttributeChangeType": kind, "Path": f"/{attribute}/{name}" if name else f"/{attribute}",
              "BeforeValue": None if before is None else text(before), "AfterValue": None if after is None else text(after)}
    return {"Target": {k: v for k, v in target.items() if v is not None}, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def list_details(kind: str, old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    details = [detail(book, None, old.get(book), new.get(book)) for book in BOOKS if book != "DependsOn" and old.get(book) != new.get(book)]
    before, after = old.get("Properties") or {}, new.get("Properties") or {}
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            whole = name in IDENTITY.get(kind, ())
            details.append(detail("Tags" if name == "Tags" else "Properties", None if name == "Tags" else name, before.get(name), after.get(name), "Always" if whole else "Never"))
    return details


def change(action: str, name: str, kind: str, physical: str | None, details: list[dict[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {"Action": action, "LogicalResourceId": name, "ResourceType": kind, "Details": details, "Scope": sorted({d["Target"]["Attribute"] for d in details})}
    if physical is not None:
        told["PhysicalResourceId"] = physical
    if action == "Modify":
        told["Replacement"] = "True" if any(d["Target"].get("RequiresRecreation") == "Always" for d in details) else "False"
    return told


def drifted(stack: Any, name: str, said: dict[str, Any], physical: str | None) -> dict[str, Any] | None:
    """How a resource that the template leaves as it is would be put back."""
    found = drift.compare(stack, name)
    if found is None or found == []:
        return None
    if found == drift.GONE:
        return {**change("Add", name, said["Type"], None, []), "ResourceDriftStatus": "DELETED"}
    details = [detail("Properties", path.strip("/").split("/")[0], actual, expected) for path, expected, actual in found]
    for one, (path, expected, actual) in zip(details, found):
        one["Target"] |= {"Path": f"/Properties{path}", "Drift": {"PreviousValue": text(expected), "ActualValue": text(actual)}}
    return {**change("Modify", name, said["Type"], physical, details), "ResourceDriftStatus": "MODIFIED"}


def list_changes(stack: Any, template: dict[str, Any], parameters: dict[str, str], importing: bool, reverting: bool) -> list[dict[str, Any]]:
    old, new, made = stack.resource_map._resource_json_map, template["Resources"], stack.resource_map._parsed_resources
    known, parameters = as_text(stack.resource_map.resolved_parameters), worth(stack.resource_map, template, parameters)
    physical = {name: str(thing.physical_resource_id) for name, thing in made.items() if hasattr(thing, "physical_resource_id")}
    changes = [change("Remove", name, old[name]["Type"], physical.get(name), []) | {"PolicyAction": "Retain" if old[name].get("DeletionPolicy") in RETAINED else "Delete"}
               for name in old if name not in new]
    for name, said in new.items():
        after = with_parameters(said, {**physical, **parameters})
        if name not in old:
            there = drift.find_named(stack, after) if importing and said.get("DeletionPolicy") in RETAINED else None
            changes.append(change("Add" if there is None else "Import", name, said["Type"], there, []))
            continue
        details = list_details(said["Type"], with_parameters(old[name], {**physical, **known}), after)
        lost = drifted(stack, name, said, physical.get(name)) if reverting else None
        if details and lost is not None and lost["Action"] == "Modify":
            details = [*details, *(d for d in lost["Details"] if d["Target"]["Name"] not in [one["Target"].get("Name") for one in details])]
            lost = {**change("Modify", name, said["Type"], physical.get(name), details), "ResourceDriftStatus": "MODIFIED"}
        if lost is not None or details:
            changes.append(lost or change("Modify", name, said["Type"], physical.get(name), details))
    return changes
