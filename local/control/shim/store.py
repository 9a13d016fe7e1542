"""The state on disk: one sqlite file, owned by one process.

WAL with EXCLUSIVE locking: a transaction is whole or absent after kill -9, and the kernel drops the
lock with the process. NORMAL synchronisation survives the death of the process; the loss of power
may cost the last calls, never the file.
"""
from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from .say import EXIT_CORRUPT, EXIT_LOCKED, EXIT_VERSION, Refusal

SCHEMA = 1
KEPT_REPLIES = 500
# Fault injection: the size of the file in pages, so that a test can fill "the disk".
MAX_PAGES = "KIRO_SANDBOX_SHIM_MAX_PAGES"

TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS backends (service TEXT, account TEXT, region TEXT, digest TEXT NOT NULL,
  data BLOB NOT NULL, PRIMARY KEY (service, account, region));
CREATE TABLE IF NOT EXISTS objects (digest TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS replies (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,
  status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL);
"""

Key = tuple[str, str, str]  # (service, account, region)


class Reply(NamedTuple):
    id: str
    status: int
    headers: str
    body: bytes


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Store:
    def __init__(self, folder: Path, moto_version: str, account: str):
        self.path = folder / "control.db"
        os.umask(0o077)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        try:
            self.db = self._open()
            self._check_file()
            self._check_versions({"moto": moto_version, "schema": str(SCHEMA), "account": account})
            self.digests = self._check_blobs()
        except sqlite3.OperationalError as error:
            raise Refusal("locked", f"{self.path} is in use by another process: {error}", EXIT_LOCKED) \
                if "locked" in str(error) else self._corrupt(str(error))
        except sqlite3.DatabaseError as error:
            raise self._corrupt(str(error))

    def _corrupt(self, why: str) -> Refusal:
        return Refusal("corrupt", f"{self.path}: {why}. Nothing was deleted.", EXIT_CORRUPT)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        self.path.chmod(0o600)
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("BEGIN EXCLUSIVE")  # takes the lock now, not at the first write
        db.execute("COMMIT")
        return db

    def _check_file(self) -> None:
        found = self.db.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise self._corrupt(str(found))

    def _check_versions(self, expected: dict[str, str]) -> None:
        names = {row[0] for row in self.db.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        stored = dict(self.db.execute("SELECT name, value FROM meta")) if "meta" in names else {}
        if names and not stored:
            raise Refusal("version", f"{self.path} is a database of something else", EXIT_VERSION)
        for name, value in expected.items():
            if stored and stored.get(name) != value:
                raise Refusal("version", f"{self.path} was written with {name} {stored.get(name)}, this is {value}", EXIT_VERSION)
        if not stored:
            # One transaction: a kill in the middle of the first start leaves an empty file, not half of one.
            tables = "".join(f"INSERT INTO meta VALUES ('{n}', '{v}');" for n, v in expected.items())
            self.db.executescript(f"BEGIN; {TABLES} {tables} COMMIT;")
        if limit := os.environ.get(MAX_PAGES):
            self.db.execute(f"PRAGMA max_page_count={int(limit)}")

    def _check_blobs(self) -> dict[Key, str]:
        digests: dict[Key, str] = {}
        for service, account, region, digest, data in self.db.execute("SELECT service, account, region, digest, data FROM backends"):
            if digest_of(data) != digest:
                raise self._corrupt(f"the stored state of {service} in {region} does not match its checksum")
            digests[service, account, region] = digest
        return digests

    def meta(self, name: str) -> str | None:
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def blob(self, key: Key) -> bytes | None:
        row = self.db.execute("SELECT data FROM backends WHERE service = ? AND account = ? AND region = ?", key).fetchone()
        return row[0] if row else None

    def payload(self, digest: str) -> bytes:
        row = self.db.execute("SELECT data FROM objects WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            raise self._corrupt(f"the content {digest} of an S3 object is missing")
        return row[0]

    def reply(self, request_id: str) -> Reply | None:
        row = self.db.execute("SELECT id, status, headers, body FROM replies WHERE id = ?", (request_id,)).fetchone()
        return Reply(*row) if row else None

    def commit(self, blobs: dict[Key, bytes], payloads: dict[str, bytes], reply: Reply | None,
               meta: Iterable[tuple[str, str]] = ()) -> None:
        """All or nothing. Blobs that are already stored with the same content are not written again."""
        changed = {key: (digest_of(data), data) for key, data in blobs.items()}
        changed = {key: pair for key, pair in changed.items() if self.digests.get(key) != pair[0]}
        meta = list(meta)
        if not (changed or payloads or reply or meta):
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.executemany("INSERT OR IGNORE INTO objects VALUES (?, ?)", payloads.items())
            self.db.executemany("INSERT OR REPLACE INTO backends VALUES (?, ?, ?, ?, ?)", [(*key, *pair) for key, pair in changed.items()])
            self.db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta)
            if reply:
                self.db.execute("INSERT INTO replies (id, status, headers, body) VALUES (?, ?, ?, ?)", reply)
                self.db.execute("DELETE FROM replies WHERE seq <= (SELECT max(seq) FROM replies) - ?", (KEPT_REPLIES,))
            self.db.execute("COMMIT")
        except BaseException:
            # A full disk may already have ended the transaction by itself.
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        self.digests.update({key: pair[0] for key, pair in changed.items()})

    def payload_digests(self) -> set[str]:
        return {row[0] for row in self.db.execute("SELECT digest FROM objects")}

    def drop_payloads(self, digests: set[str]) -> None:
        self.db.executemany("DELETE FROM objects WHERE digest = ?", [(digest,) for digest in digests])

    def close(self) -> None:
        self.db.close()
