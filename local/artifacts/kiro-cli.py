#!/usr/bin/env python3
"""Stand-in for kiro-cli on the local target: talks like it, logs in to nothing, asks no model.

How a login by device flow ends is said by ~/.kiro-stand-in-login or KIRO_STAND_IN_LOGIN, else it is approved:
  approved, refused, expired, silent (no link is printed); each may carry the seconds it takes: `expired 5`.
Texts and exit codes: crates/chat-cli/src/cli/user.rs of https://github.com/aws/amazon-q-developer-cli and
https://kiro.dev/docs/reference/exit-codes/
"""

from __future__ import annotations  # AL2023 has Python 3.9

import json
import os
import random
import sqlite3
import sys
import time

VERSION = "@version@"
HOME = os.path.expanduser("~")
KIRO = os.environ.get("KIRO_HOME", f"{HOME}/.kiro")
STATE = f"{HOME}/.local/share/kiro-cli/data.sqlite3"


def error(text: str, code: int = 1) -> int:
    print(f"error: {text}", file=sys.stderr)
    return code


def read_login() -> dict | None:
    if not os.path.exists(STATE):
        return None
    with sqlite3.connect(STATE) as database:
        row = database.execute("select value from auth_kv where key = 'standin:login'").fetchone()
    return json.loads(row[0]) if row else None


def write_login(login: dict | None) -> None:
    os.makedirs(os.path.dirname(STATE), mode=0o700, exist_ok=True)
    os.close(os.open(STATE, os.O_CREAT | os.O_RDWR, 0o600))
    with sqlite3.connect(STATE) as database:
        database.execute("create table if not exists auth_kv (key text primary key, value text)")
        database.execute("delete from auth_kv")
        if login:
            database.execute("insert into auth_kv values ('standin:login', ?)", (json.dumps(login),))


def option(argv: list[str], name: str) -> str | None:
    for index, word in enumerate(argv):
        if word == name and index + 1 < len(argv):
            return argv[index + 1]
        if word.startswith(f"{name}="):
            return word.split("=", 1)[1]
    return None


def whoami(argv: list[str]) -> int:
    login = read_login()
    if (option(argv, "--format") or option(argv, "-f") or "").startswith("json"):
        print(json.dumps(login or {"account": None}))
        if login and login.get("startUrl"):
            print("\nProfile:\nstand-in\narn:aws:codewhisperer:us-east-1:000000000000:profile/STANDIN")
        return 0 if login else 1
    if not login:
        print("Not logged in")
        return 1
    if login["accountType"] == "BuilderId":
        print("Logged in with Builder ID")
    else:
        print(f"Logged in with IAM Identity Center ({login['startUrl']})")
    return 0


def ask(question: str, filled: str | None) -> str:
    print(f"? {question} › {filled or ''}", end="", flush=True)
    typed = sys.stdin.readline().strip()
    print(f"\r✔ {question} · {typed or filled or ''}")
    return typed or filled or ""


def outcome() -> tuple[str, float]:
    text = os.environ.get("KIRO_STAND_IN_LOGIN", "")
    if not text and os.path.exists(f"{HOME}/.kiro-stand-in-login"):
        with open(f"{HOME}/.kiro-stand-in-login", encoding="utf-8") as file:
            text = file.read()
    words = text.split() or ["approved"]
    return words[0], float(words[1]) if len(words) > 1 else 1.0


def login_flow(argv: list[str]) -> int:
    if read_login():
        return error("Already logged in, please logout with kiro-cli logout first")
    if "--use-device-flow" not in argv:
        print("Opening browser...\nFailed to open browser for authentication.")
        print("Please try again with: kiro-cli login --use-device-flow")
        return error("No such file or directory (os error 2)")
    license, start, region = option(argv, "--license"), option(argv, "--identity-provider"), option(argv, "--region")
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if not license:
        if not terminal:
            return error("not a terminal")
        license = "pro" if ask("Select login method", "Use for Free with Builder ID").startswith("Use with Pro") else "free"
    if license == "pro":
        if not terminal:
            return error("invalid value for field: region")
        start, region = ask("Enter Start URL", start), ask("Enter Region", region or "us-east-1")
    return device_flow(start if license == "pro" else None, region)


def device_flow(start: str | None, region: str | None) -> int:
    ending, seconds = outcome()
    letters = "BCDFGHJKLMNPQRSTVWXZ"
    code = "-".join("".join(random.choices(letters, k=4)) for _ in range(2))
    print(f"\nConfirm the following code in the browser\nCode: {code}\n", flush=True)
    remote = any(name in os.environ for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    if remote and ending != "silent":
        base = (start or "https://view.awsapps.com/start").rstrip("/#")
        print(f"Open this URL: {base}/#/device?user_code={code}", flush=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        print("\r\033[2K⠋ Logging in...", end="", flush=True)
        time.sleep(min(0.1, max(0.0, end - time.monotonic())))
    print("\r\033[2K", end="", flush=True)
    if ending == "expired":
        return error("ExpiredTokenException: the device code has expired")
    if ending == "refused":
        return error("AccessDeniedException: the authorization request was denied")
    account = {"accountType": "IamIdentityCenter" if start else "BuilderId", "email": None, "region": region, "startUrl": start}
    write_login(account)
    print("Device authorized\nLogged in successfully")
    return 0


def logout(_argv: list[str]) -> int:
    write_login(None)
    print("You are now logged out\nRun kiro-cli login to log back in to Kiro CLI")
    return 0


def agents() -> dict[str, str]:
    found = {"kiro_default": "(built in)"}
    for folder in (f"{KIRO}/agents", ".kiro/agents"):
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder)):
                if name.endswith(".json"):
                    found[name.removesuffix(".json")] = os.path.join(folder, name)
    return found


KNOWN = {"name", "description", "prompt", "mcpServers", "tools", "toolAliases", "allowedTools", "toolsSettings", "resources"}
KNOWN |= {"hooks", "includeMcpJson", "useLegacyMcpJson", "model", "keyboardShortcut", "welcomeMessage"}


def validate(path: str) -> int:
    try:
        with open(path, encoding="utf-8") as file:
            agent = json.load(file)
    except (OSError, ValueError) as problem:
        return error(f"{path}: {problem}")
    odd = sorted(set(agent) - KNOWN) if isinstance(agent, dict) else ["not an object"]
    if odd:
        return error(f"{path}: unknown field {odd[0]}")
    print(f"{path} is valid")
    return 0


def agent_command(argv: list[str]) -> int:
    if argv[:1] == ["list"]:
        for name, path in agents().items():
            print(f"{'*' if name == 'readonly' else ' '} {name:<16} {path}")
        return 0
    if argv[:1] == ["validate"]:
        return validate(option(argv, "--path") or (argv[1] if len(argv) > 1 else ""))
    return error(f"unrecognized subcommand '{' '.join(argv)}'", 2)


def chat(argv: list[str]) -> int:
    agent = option(argv, "--agent") or "kiro_default"
    if "--no-interactive" in argv:
        if agent not in agents():
            return error(f"agent {agent} not found", 4)
        if not read_login():
            return error("You are not logged in, please log in with kiro-cli login")
        words = [word for index, word in enumerate(argv) if not word.startswith("-") and argv[index - 1 : index] != ["--agent"]]
        print(f"[{agent}] {' '.join(words)}")
        return 0
    if not read_login():
        return error("You are not logged in, please log in with kiro-cli login")
    # The real one falls back to its default agent without a word, too.
    agent = agent if agent in agents() else "kiro_default"
    print(f"Stand-in for Kiro {VERSION}: nobody answers here. /quit leaves.")
    while True:
        print(f"[{agent}] > ", end="", flush=True)
        line = sys.stdin.readline()
        if line == "" or line.strip() in ("/quit", "/exit", "/q"):
            print()
            return 0
        print(f"echo: {line.strip()}")


def settings(argv: list[str]) -> int:
    path = f"{KIRO}/settings/cli.json"
    values = json.load(open(path, encoding="utf-8")) if os.path.exists(path) else {}
    if argv[:1] == ["list"]:
        for name, value in sorted(values.items()):
            print(f"{name} = {json.dumps(value)}")
        return 0
    if len(argv) == 1:
        print(json.dumps(values[argv[0]]) if argv[0] in values else f"No value associated with {argv[0]}")
        return 0 if argv[0] in values else 1
    if len(argv) == 2:
        values[argv[0]] = json.loads(argv[1]) if argv[1] in ("true", "false") or argv[1].isdigit() else argv[1]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(values, file, indent=2)
        return 0
    return error("usage: kiro-cli settings list | <key> [value]", 2)


def main(argv: list[str]) -> int:
    if argv[:1] in (["--version"], ["-V"], ["version"]):
        print(f"kiro-cli {VERSION}")
        return 0
    commands = {"whoami": whoami, "login": login_flow, "logout": logout, "agent": agent_command, "chat": chat, "settings": settings}
    if not argv or argv[0].startswith("-"):
        return chat(argv)
    if argv[0] not in commands:
        return error(f"unrecognized subcommand '{argv[0]}'", 2)
    return commands[argv[0]](argv[1:])


try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit(130)
