"""Imports what will be needed soon, in small steps, while nobody is waiting."""
from __future__ import annotations

import importlib
import os
import time
import traceback

from . import live
from .gate import Gate
from .lifecycle import Lifecycle
from .say import story

# In the order in which a session needs them. Each step is a module or a model of botocore.
STEPS = (
    "moto.ec2.responses", "model:ec2", "moto.iam.responses", "model:iam", "moto.sts.responses", "model:sts",
    "moto.ssm.responses", "model:ssm", "moto.s3.responses", "model:s3", "moto.kms.responses", "model:kms",
    "moto.logs.responses", "model:logs", "moto.autoscaling.models", "moto.elbv2.models",
    "moto.cloudformation.responses", "model:cloudformation",
)

# Set by tests that start the process often and need little of it.
COLD = "KIRO_SANDBOX_SHIM_COLD"


def warm_up(gate: Gate, lifecycle: Lifecycle) -> None:
    if os.environ.get(COLD):
        return
    began = time.monotonic()
    try:
        for step in STEPS:
            while gate.waiting and not lifecycle.stopping.is_set():
                time.sleep(0.01)
            if lifecycle.stopping.is_set():
                return
            _take(step)
        for key in list(gate.store.digests):
            with gate.lock:
                live.backend(*key)
    except Exception:
        story(traceback.format_exc())
    story(f"warm after {time.monotonic() - began:.1f} s")


def _take(step: str) -> None:
    if step.startswith("model:"):
        from moto.core.utils import get_service_model

        get_service_model(step[6:])
    else:
        importlib.import_module(step)
