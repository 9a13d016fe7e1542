"""Decides about one tool call of the readonly agent: exit 0 lets it run, anything else does not.

stdin is the payload of a preToolUse hook: {"hook_event_name", "cwd", "tool_name", "tool_input": {...}}.
It sees the text of a call and nothing behind it, so it is there for mistakes, not for attacks. What stands in
a policy or in Terraform (`sts:AssumeRole`, `assume_role_policy`) is no call and passes.
"""

import json
import re
import sys

# What each pattern would get at. Upper and lower case are the same here.
ANYWHERE = [
    (r"kiro-elevated|\bkiro-rw\b|chat\s+elevated\b|--agent[= ]+elevated\b", "the elevated role"),
    (
        r"(?<!update-)\bassume[-_]role(?:[-_]with[-_]\w+)?\b(?![-_]policy)|AssumeRole\w*Command|Action=AssumeRole"
        r"|\bget[-_](session|federation)[-_]token\b|\bget[-_]role[-_]credentials\b",
        "credentials of another role",
    ),
    (
        r"169\.254\.169\.254|fd00:ec2::254|\b2852039166\b|0xa9fea9fe|\bec2-metadata\b|latest/(meta-data|api/token)"
        r"|Ec2InstanceMetadata",
        "the instance metadata service",
    ),
    (r"\.aws/(config|credentials|cli/cache|sso)|kiro-readonly\.config", "the configuration of the AWS CLI"),
    (r"/run/kiro-sandbox", "credentials of another role"),
    (r"\bAWS_(CONFIG_FILE|SHARED_CREDENTIALS_FILE|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)\b", "AWS credentials"),
    (r"\.kiro/(agents|hooks|settings)\b|/usr/local/lib/kiro-sandbox", "the rules of this sandbox"),
    (r"data\.sqlite3|\.local/share/kiro-cli", "the login of Kiro"),
]
# In what is run, not in what is written down: other programs have profiles, too.
RUN = [
    (r"\baws\s+configure\b(?!\s+(list|list-profiles|get)\b)", "the configuration of the AWS CLI"),
    (r"\bAWS_(DEFAULT_)?PROFILE\s*=\s*(?!['\"]?(kiro-readonly|default)\b)", "another profile"),
    (r"\baws\b[^\n;|&]*\s--profile[= ]+(?!['\"]?(kiro-readonly|default)\b)", "another profile"),
]
READERS = {"fs_read", "read", "glob", "grep", "code", "introspect", "thinking", "todo", "todo_list", "knowledge"}
WRITERS = {"fs_write", "write"}
SECRETS = re.compile(r"\.aws/(config|credentials|cli|sso)|/run/kiro-sandbox|data\.sqlite3|\.local/share/kiro-cli", re.IGNORECASE)
PROFILES = {None, "", "default", "kiro-readonly"}


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in [str(key), *texts(item)]]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return []


def refuse(what: str) -> None:
    print(f"This is the readonly agent: {what} is out of its reach. A person opens a window and starts kiro-rw.")
    sys.exit(2)


def judge(tool: str, given: dict) -> None:
    if tool in READERS:
        # Reading about a rule is fine, reading a secret is not.
        if any(SECRETS.search(text) for text in texts(given)):
            refuse("a file with credentials")
        return
    if given.get("profile_name") not in PROFILES:
        refuse("another profile")
    if re.sub("[^a-z]", "", str(given.get("operation_name")).lower()).startswith("assumerole"):
        refuse("credentials of another role")
    # Quotes and backslashes inside a word are the shell's business: kiro"-"elevated is kiro-elevated.
    spellings = [form for text in texts(given) for form in (text, re.sub(r"[\"'\\]", "", text))]
    for pattern, what in ANYWHERE if tool in WRITERS else ANYWHERE + RUN:
        if any(re.search(pattern, text, re.IGNORECASE | re.DOTALL) for text in spellings):
            refuse(what)


payload = json.load(sys.stdin)
name, arguments = payload["tool_name"], payload["tool_input"]
if not isinstance(name, str) or not isinstance(arguments, dict):
    raise TypeError("this is no tool call")
judge(name.removeprefix("@builtin/"), arguments)
