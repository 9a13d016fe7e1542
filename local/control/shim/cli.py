"""From the command line to a serving process, and to its clean end."""
from __future__ import annotations

import argparse
import os
import re
import threading
from pathlib import Path
from typing import Any

from .lifecycle import Lifecycle, Stopped
from .say import Refusal, answer, story

ACCOUNT = "111122223333"


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="shim", description="The control plane of the local target.")
    parser.add_argument("--state", required=True, type=Path, help="folder that holds the state")
    parser.add_argument("--socket", type=Path, help="file to listen at instead of a port")
    parser.add_argument("--account", default=ACCOUNT, help="twelve digits")
    options = parser.parse_args(argv)
    if not re.fullmatch(r"\d{12}", options.account):
        parser.error(f"--account must be twelve digits, got {options.account!r}")
    return options


def set_environment(account: str) -> None:
    """moto reads its settings while it is imported. Credentials of the caller have no business here."""
    for name in [n for n in os.environ if n.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ.update(
        MOTO_ACCOUNT_ID=account,
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
        MOTO_ENABLE_AMI_VALIDATION="1",
        MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION="1",
        AWS_ACCESS_KEY_ID="unused",
        AWS_SECRET_ACCESS_KEY="unused",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )


def main(argv: list[str]) -> None:
    options = parse_arguments(argv)
    lifecycle = Lifecycle()
    code = 0
    try:
        lifecycle.arm()
        serve(options, lifecycle)
    except Refusal as refusal:
        answer({"error": refusal.error, "detail": refusal.detail})
        code = refusal.exit_code
    except Stopped:
        pass
    # Threads that wait for the next request of an open connection must not hold the process.
    os._exit(code)


def serve(options: argparse.Namespace, lifecycle: Lifecycle) -> None:
    set_environment(options.account)
    from . import selfcheck

    selfcheck.check_version()
    import moto

    from .store import Store

    store = Store(options.state.resolve(), moto.__version__, options.account)
    try:
        serve_state(options, lifecycle, store)
    finally:
        store.close()


def serve_state(options: argparse.Namespace, lifecycle: Lifecycle, store: Any) -> None:
    from . import live, patches, selfcheck

    live.install(store)
    patches.arm()
    checked = selfcheck.check_sources(store.meta("checked"))
    from .gate import Gate
    from .principal import ensure_operator
    from .server import Front, listen
    from .warmup import warm_up

    restored = len(store.digests)
    operator = ensure_operator()
    gate = Gate(store)
    gate.save_all([] if checked == store.meta("checked") else [("checked", checked)])
    front = Front(gate, lifecycle)
    server = listen(front, options.socket)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="http", daemon=True).start()
    answer({"ready": True, "port": 0 if options.socket else server.server_port, "socket": options.socket and str(options.socket), "pid": os.getpid(), "moto": patches.MOTO_VERSION,
            "accountId": options.account, "operator": operator, "restoredBackends": restored})
    threading.Thread(target=warm_up, args=(gate, lifecycle), name="warm-up", daemon=True).start()
    lifecycle.serve_until_stopped()
    server.shutdown()
    front.drain(20)
    with gate.lock:
        gate.drop_unused_payloads()
        story("stopped")
