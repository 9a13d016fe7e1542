"""ValidateTemplate without a linter: CloudFormation checks the form here, not whether a parameter is used."""
from __future__ import annotations

from types import ModuleType
from typing import Any

from .stacks import fail

NAMED_IAM = {"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy", "AWS::IAM::InstanceProfile", "AWS::IAM::Policy"}


def parse(body: str) -> dict[str, Any]:
    from moto.cloudformation.models import Stack

    try:
        template = Stack.parse_template(body)
    except Exception as error:
        raise fail(f"Template format error: {error}")
    if not isinstance(template, dict):
        raise fail("Template format error: unsupported structure.")
    if not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise fail("Template format error: At least one Resources member must be defined.")
    for name, resource in template["Resources"].items():
        if not isinstance(resource, dict) or "Type" not in resource:
            raise fail(f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member.")
    return template


def validate_template(self: Any) -> Any:
    from moto.core.responses import ActionResult

    url = self._get_param("TemplateURL")
    template = parse(self._get_stack_from_s3_url(url) if url else self._get_param("TemplateBody") or "")
    parameters = [{"ParameterKey": name, "DefaultValue": None if slot.get("Default") is None else str(slot["Default"]),
                   "NoEcho": bool(slot.get("NoEcho", False)), "Description": slot.get("Description")} for name, slot in (template.get("Parameters") or {}).items()]
    iam = [r["Type"] for r in template["Resources"].values() if r["Type"] in NAMED_IAM]
    return ActionResult({"Description": template.get("Description"), "Parameters": parameters, "DeclaredTransforms": [],
                         "Capabilities": ["CAPABILITY_NAMED_IAM"] if iam else [],
                         "CapabilitiesReason": f"The following resource(s) require capabilities: [{', '.join(sorted(set(iam)))}]" if iam else None})


def apply(module: ModuleType) -> None:
    module.CloudFormationResponse.validate_template = validate_template


WHEN = {"moto.cloudformation.responses": apply}
