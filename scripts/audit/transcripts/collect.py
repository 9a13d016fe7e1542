"""Prints the chats that kiro-cli has kept, one JSON object a line: {"path", "at", "text", "cut"}, at last {"left", "why"}.

Arguments: the mark that the answer begins with, seconds since 1970, and what is looked through: a home, or a
data.sqlite3 alone. Of that database nothing but the chats is read: beside them lies the login.
Reads only; follows no link; gives no file and no whole beyond a size.
"""

from __future__ import annotations  # AL2023 has Python 3.9

import json
import os
import sqlite3
import stat
import sys

MOST_OF_ONE = 16_000_000
MOST_OF_ALL = 64_000_000
MOST_FILES = 4000


def read_end(path: str) -> tuple[str, float, bool] | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            return None
        cut = state.st_size > MOST_OF_ONE
        if cut:
            file.seek(state.st_size - MOST_OF_ONE)
            file.readline()
        return file.read(MOST_OF_ONE).decode("utf-8", "replace"), state.st_mtime, cut


def walk(root: str, since: float) -> list[tuple[float, list[str]]]:
    """Each log with what stands beside it, the newest first."""
    found = []
    for folder, folders, names in os.walk(root, followlinks=False):
        if folder[len(root) :].count(os.sep) >= 5:
            folders.clear()
        for name in names:
            if not name.endswith(".jsonl"):
                continue
            path = os.path.join(folder, name)
            beside = os.path.join(folder, "session.json") if name == "messages.jsonl" else path[:-1]
            try:
                at = os.lstat(path).st_mtime
            except OSError:
                continue
            if at >= since:
                found.append((at, [path, beside]))
    return sorted(found, reverse=True)


def rows(path: str, since: float):
    """Of both tables; the older one has no times. Opened so that not even a journal is written."""
    if not os.path.isfile(path) or os.path.islink(path):
        return
    database = sqlite3.connect(f"file:{path.replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode=ro", uri=True, timeout=5)
    try:
        tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
        if "conversations_v2" in tables:
            query = "select key, conversation_id, value, created_at, updated_at from conversations_v2 where updated_at >= ? order by updated_at desc"
            yield from database.execute(query, (since * 1000,))
        if "conversations" in tables:
            for key, value in database.execute("select key, value from conversations"):
                yield key, None, value, None, None
    finally:
        database.close()


def main(mark: str, since: float, place: str) -> None:
    left, why, spent, given = 0, "", 0, 0
    print(mark)

    def give(path: str, at: float, text: str, cut: bool) -> None:
        nonlocal left, spent, given
        if spent + len(text) > MOST_OF_ALL or given >= MOST_FILES:
            left += 1
            return
        spent += len(text)
        given += 1
        print(json.dumps({"path": path, "at": at, "text": text, "cut": cut}))

    alone = place.endswith(".sqlite3")
    home = os.path.dirname(place) if alone else place
    kiro = os.environ.get("KIRO_HOME") or f"{home}/.kiro"
    for _, paths in [] if alone else walk(f"{kiro}/sessions", since):
        for path in paths:
            read = read_end(path)
            if read is not None:
                give(os.path.relpath(path, home), read[1], read[0], read[2])
    database = place if alone else f"{home}/.local/share/kiro-cli/data.sqlite3"
    try:
        for key, id, value, created, updated in rows(database, since):
            text = json.dumps({"id": id, "key": key, "value": value, "created": created, "updated": updated})
            give(os.path.relpath(database, home), os.stat(database).st_mtime, text, False)
    except (sqlite3.Error, OSError, TypeError, ValueError) as problem:
        why = f"{os.path.relpath(database, home)}: {problem}"
    print(json.dumps({"left": left, "why": why}))


main(sys.argv[1], float(sys.argv[2]), os.path.expanduser(sys.argv[3]))
