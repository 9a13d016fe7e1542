"""What happens when an agent starts: a webhook is told, and the agent hears whether it is outside office hours.

agent_start.py AGENT [FOLDER]   FOLDER is where boot.sh has put the settings (agent-start.json, sandbox)

What it prints becomes context of the agent (https://kiro.dev/docs/cli/hooks). No fault of it may keep an agent from
starting: each is one line on stderr, without the address of the webhook, and the exit code is 0.
"""

import datetime
import json
import shlex
import sys
import urllib.request
import zoneinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECONDS = 3


def read_sandbox(folder: str) -> dict[str, str]:
    with open(f"{folder}/sandbox", encoding="utf-8") as file:
        pairs = (word.split("=", 1) for word in shlex.split(file.read()))
        return {name: value for name, value in pairs}


def outside_hours(hours: dict, now: datetime.datetime) -> bool:
    there = now.astimezone(zoneinfo.ZoneInfo(hours["timeZone"]))
    return DAYS[there.weekday()] not in hours["days"] or not hours["from"] <= there.strftime("%H:%M") < hours["to"]


def render_note(hours: dict) -> str:
    when = f"{', '.join(hours['days'])} {hours['from']} to {hours['to']} {hours['timeZone']}"
    return f"It is outside office hours ({when}). {hours['note']}"


def tell(webhook: str, agent: str, sandbox: dict[str, str], now: datetime.datetime) -> None:
    user, account, region = sandbox["sandbox_user"], sandbox["account_id"], sandbox["aws_region"]
    text = f"The agent {agent} starts in the sandbox of {user} (account {account}, {region})."
    said = {"text": text, "agent": agent, "user": user, "account": account, "region": region, "time": now.isoformat()}
    request = urllib.request.Request(
        webhook, data=json.dumps(said).encode(), headers={"content-type": "application/json"}, method="POST"
    )
    urllib.request.urlopen(request, timeout=SECONDS).close()


def main(agent: str, folder: str) -> None:
    now = datetime.datetime.now(datetime.timezone.utc)
    with open(f"{folder}/agent-start.json", encoding="utf-8") as file:
        settings = json.load(file)
    hours, webhook = settings.get("officeHours"), settings.get("webhook")
    if hours is not None and outside_hours(hours, now):
        print(render_note(hours), flush=True)
    if webhook is not None:
        tell(webhook, agent, read_sandbox(folder), now)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "/etc/kiro-sandbox")
    except FileNotFoundError:
        pass  # A checkout from before there were such settings has made this machine.
    except Exception as error:
        print(f"kiro-sandbox: the start of an agent was not told on: {type(error).__name__}", file=sys.stderr)
