"""Which patterns match which events, as the local target's EventBridge decides it: {patterns, events} in, lists of indexes out."""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "local" / "control" / "shim"))

import moto.events.models as events
from patches import event_targets

event_targets.apply(events)
asked = json.load(sys.stdin)
patterns = [events.EventPattern.load(json.dumps(pattern)) for pattern in asked["patterns"]]
print(json.dumps([[index for index, pattern in enumerate(patterns) if pattern.matches_event(event)] for event in asked["events"]]))
