"""EventBridge delivers to topics of SNS; moto gives up on a rule that has one."""
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


WHEN = {"moto.events.models": apply}
