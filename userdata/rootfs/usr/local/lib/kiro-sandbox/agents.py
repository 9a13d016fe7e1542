"""What a sandbox knows about agents and chats of kiro-cli, read from their files.

agents.py shadows FOLDER...   prints files that would replace our agents, one a line; exit 3 when there are some
agents.py chat AGENT [ID]     prints the id of the chat of AGENT in the working directory to go on with, the newest
                              without ID; exit 1 when there is none, 3 when it is another agent's or cannot be read
"""

import json
import os
import sys

OURS = ("readonly", "elevated")
HOME = os.path.expanduser("~")
CHATS = f"{os.environ.get('KIRO_HOME', f'{HOME}/.kiro')}/sessions/cli"


def claims(path: str) -> bool:
    """An agent is called what its file says, else what its file is called. Unreadable counts as ours."""
    if os.path.splitext(os.path.basename(path))[0] in OURS:
        return True
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(1_000_000)
        if path.endswith(".json"):
            return json.loads(text).get("name") in OURS
        head = text.split("---")[1] if text.startswith("---") else ""
        lines = (line.split(":", 1) for line in head.splitlines() if ":" in line)
        return any(key.strip() == "name" and value.strip().strip("'\"") in OURS for key, value in lines)
    except (OSError, ValueError, AttributeError):
        return True


def shadows(folders: list[str]) -> int:
    found = []
    for folder in folders:
        place = f"{folder}/.kiro/agents"
        if os.path.isdir(place) and os.path.realpath(place) != os.path.realpath(f"{HOME}/.kiro/agents"):
            names = [name for name in sorted(os.listdir(place)) if name.endswith((".json", ".md"))]
            found += [path for path in (os.path.join(place, name) for name in names) if claims(path)]
    # Ours are root's, which nobody in a sandbox can imitate.
    for name in OURS:
        path = f"{HOME}/.kiro/agents/{name}.json"
        if not os.path.exists(path) or os.stat(path).st_uid != 0:
            found.append(path)
    print("".join(f"{path}\n" for path in found), end="")
    return 3 if found else 0


def chat(agent: str, wanted: str) -> int:
    """~/.kiro/sessions/cli/<id>.json as V2 keeps it: {"cwd", "session_state": {"agent_name"}}."""
    if wanted != os.path.basename(wanted) or wanted.startswith("."):
        return 3
    try:
        files = [f"{wanted}.json"] if wanted else [name for name in os.listdir(CHATS) if name.endswith(".json")]
        paths = sorted((os.path.join(CHATS, name) for name in files), key=os.path.getmtime, reverse=True)
    except OSError:
        return 1
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
            name, folder = found["session_state"]["agent_name"], found.get("cwd")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            if wanted:
                return 3
            continue
        if name == agent and (wanted or folder == os.getcwd()):
            print(os.path.basename(path).removesuffix(".json"))
            return 0
    return 3 if wanted else 1


if __name__ == "__main__":
    if sys.argv[1] == "shadows":
        sys.exit(shadows(sys.argv[2:]))
    sys.exit(chat(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
