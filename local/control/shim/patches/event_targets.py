"""EventBridge delivers to topics of SNS; moto gives up on a rule that has one. And it looks into lists of objects."""
from __future__ import annotations

import copy
import json
from types import ModuleType
from typing import Any


def apply(module: ModuleType) -> None:
    original = module.Rule.send_to_targets

    def send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
        from moto.events.utils import EventTemplateParser
        from moto.sns.models import sns_backends

        topics = [target for target in self.targets if ":sns:" in target["Arn"]]
        rest = copy.copy(self)
        rest.targets = [target for target in self.targets if target not in topics]
        original(rest, original_event, transform_input)
        if not self.event_pattern.matches_event(original_event):
            return
        for target in topics:
            transformer = target.get("InputTransformer", {})
            event = EventTemplateParser.parse(
                input_template=transformer.get("InputTemplate"), input_paths_map=transformer.get("InputPathsMap", {}), event=copy.deepcopy(original_event)
            ) if transform_input else original_event
            region, account = target["Arn"].split(":")[3:5]
            sns_backends[account][region].publish(event if isinstance(event, str) else json.dumps(event), arn=target["Arn"])

    module.Rule.send_to_targets = send_to_targets

    flatten = module.EventPattern._flatten_dict

    def flatten_dict(node: Any, prefix: str = "", result: Any = None) -> dict[str, Any]:
        """A field of objects in a list has the values of all of them.
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html"""
        flat = flatten(node, prefix, result)
        for name, value in list(flat.items()):
            if isinstance(value, list):
                for one in value:
                    for inner, what in flatten_dict(one).items() if isinstance(one, dict) else ():
                        flat.setdefault(f"{name}.{inner}", []).append(what)
        return flat

    def matches_event(self: Any, event: Any) -> bool:
        return not self._pattern or self._does_event_match(flatten_dict(json.loads(json.dumps(event))), self._pattern)

    module.EventPattern.matches_event = matches_event


WHEN = {"moto.events.models": apply}
