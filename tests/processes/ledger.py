"""What crowds were told, held against what both ends have when everything has arrived."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.promise import ACTIVE, GUARANTEED, LIVE, PLACED
from sync.records.registration import TAKEN_BACK
from sync.replica.database import FILE_NAME, ReplicaDatabase
from sync.replica.envelope import FILE_NAME as KEYS_NAME
from sync.replica.envelope import Envelope
from tests.processes.gestures import held_at_hub, held_at_terminal
from tests.simulation.partition import places_of
from tests.stage import SITE, Stage

Rows = Mapping[str, Mapping[str, Any]]
AT_REST = ("waiting", "parked", "digest_mismatches", "unreadable")
SHARED = ("slot", "booking", "registration")


@dataclass
class Ledger:
    """Everything that crowds said, in as many logs as there were programs."""

    said: list[dict[str, Any]] = field(default_factory=list)
    programs: int = 0

    @classmethod
    def read(cls, logs: Iterable[Path]) -> Ledger:
        """Reads what was said; a last line that was cut short was said to nobody."""
        ledger = cls()
        for log in logs:
            ledger.programs += 1
            lines = log.read_text(encoding="utf-8").splitlines()
            ledger.said += [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return ledger

    def did(self, act: str) -> list[dict[str, Any]]:
        """What was acknowledged."""
        return [line for line in self.said if line.get("did") == act]

    def touched(self) -> set[str]:
        """The records that somebody meant to change, acknowledged or not."""
        return {line["id"] for line in self.said if "will" in line}

    def counts(self) -> Counter[str]:
        """How much of what."""
        return Counter(f"did {line['did']}" if "did" in line else "refused" for line in self.said if "will" not in line)


def faults_of(ledger: Ledger, hub: Stage, terminals: list[Stage]) -> list[str]:
    """Everything that is not as it was told; nothing when all is well. Both ends must be at rest."""
    bookings, registrations = held_at_hub(hub, "booking"), held_at_hub(hub, "registration")
    return [
        *_lost_bookings(ledger, bookings),
        *_lost_registrations(ledger, registrations, sealed_at_hub(hub)),
        *_too_many(ledger, {**bookings, **registrations}),
        *_double(bookings, held_at_hub(hub, "slot"), held_at_hub(hub, "grant")),
        *_numbers_twice(bookings, registrations),
        *(fault for terminal in terminals for fault in _ends_apart(hub, terminal)),
    ]


def sealed_at_hub(hub: Stage) -> set[str]:
    """The records of which the hub holds what was typed."""
    with closing(sqlite3.connect(f"file:{hub.hub_home / 'hub.db'}?mode=ro", uri=True)) as connection:
        return {record_id for (record_id,) in connection.execute("SELECT id FROM hub_sealed")}


def _lost_bookings(ledger: Ledger, bookings: Rows) -> list[str]:
    faults, touched = [], ledger.touched()
    for made in ledger.did("book"):
        row = bookings.get(made["id"])
        if row is None or (made["told"] == GUARANTEED and row["slot_id"] != made["slot_id"]):
            faults.append(f"booking {made['id']} was acknowledged and is not at the hub as it was told")
        elif made["told"] == GUARANTEED and made["id"] not in touched and row["state"] not in PLACED:
            rivals = [i for i, other in bookings.items() if other["moved_from"] == made["moved_from"]]
            if made["moved_from"] is None or len(rivals) == 1:
                faults.append(f"booking {made['id']} was guaranteed and is {row['state']}")
        if row is not None and row["state"] in PLACED and row["moved_from"]:
            before = bookings.get(str(row["moved_from"]))
            if before is not None and before["state"] in LIVE:
                faults.append(f"booking {made['id']} replaces {row['moved_from']}, which is still {before['state']}")
    for gone in ledger.did("cancel"):
        row = bookings.get(gone["id"])
        if row is None or row["state"] in LIVE:
            faults.append(f"booking {gone['id']} was cancelled and is {row and row['state']}")
    return faults


def _lost_registrations(ledger: Ledger, registrations: Rows, sealed: set[str]) -> list[str]:
    faults, touched = [], ledger.touched()
    for made in ledger.did("register"):
        if made["id"] not in registrations:
            faults.append(f"registration {made['id']} was acknowledged and is not at the hub")
        elif made["id"] not in touched and made["id"] not in sealed:
            faults.append(f"registration {made['id']} is at the hub without what was typed")
    for gone in ledger.did("take back"):
        row = registrations.get(gone["id"])
        if row is None or row["state"] != TAKEN_BACK or gone["id"] in sealed:
            faults.append(f"registration {gone['id']} was taken back and is {row and row['state']}")
    return faults


def _too_many(ledger: Ledger, held: Rows) -> list[str]:
    """A write that a kill cut short may be there or not: one for each program, no more."""
    unknown = held.keys() - {made["id"] for act in ("book", "register") for made in ledger.did(act)}
    return [f"{len(unknown)} records that nobody was told of"] if len(unknown) > ledger.programs else []


def _double(bookings: Rows, slots: Rows, grants: Rows) -> list[str]:
    faults = []
    people = Counter(str(row["slot_id"]) for row in bookings.values() if row["state"] in PLACED)
    active = {i: str(row["slot_id"]) for i, row in grants.items() if row["state"] == ACTIVE}
    taken = Counter(active.values())
    taken.update(
        str(row["slot_id"]) for row in bookings.values() if row["state"] in PLACED and row["grant_id"] not in active
    )
    for slot_id, slot in slots.items():
        if max(people[slot_id], taken[slot_id]) > places_of(dict(slot)):
            faults.append(f"slot {slot_id}: {people[slot_id]} people, {taken[slot_id]} given, {places_of(dict(slot))}")
        if slot["taken"] != taken[slot_id]:
            faults.append(f"slot {slot_id} counts {slot['taken']} taken, {taken[slot_id]} are")
    return faults


def _numbers_twice(bookings: Rows, registrations: Rows) -> list[str]:
    numbers = Counter(
        f"reference {row['terminal_no']}-{row['reference_no']}"
        for rows in (bookings, registrations)
        for row in rows.values()
    )
    numbers.update(f"spend {row['grant_id']}-{row['spend_no']}" for row in bookings.values() if row["grant_id"])
    return [f"{number} was given {count} times" for number, count in numbers.items() if count > 1]


def _ends_apart(hub: Stage, terminal: Stage) -> list[str]:
    shown, name = held_at_terminal(terminal), terminal.folder.name
    faults = [f"{name}: {what} is {shown['status'][what]}" for what in AT_REST if shown["status"][what]]
    for kind in SHARED:
        at_hub, here = held_at_hub(hub, kind, SITE), shown[kind]
        faults += [f"{name}: {kind} {record_id} is at one end only" for record_id in at_hub.keys() ^ here.keys()]
        for record_id in at_hub.keys() & here.keys():
            apart = [field for field, value in here[record_id].items() if at_hub[record_id][field] != value]
            faults += [f"{name}: {kind} {record_id} differs in {', '.join(apart)}"] if apart else []
    return faults


def broken_hub(home: Path) -> list[str]:
    """What SQLite itself finds wrong in a copy of a hub's files."""
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(_copied(home, "hub.db", folder))) as opened:
        found = [row[0] for row in opened.execute("PRAGMA integrity_check")]
        orphans = opened.execute("PRAGMA foreign_key_check").fetchall()
    return [f"hub.db: {line}" for line in found if line != "ok"] + [f"hub.db: orphan {row}" for row in orphans]


def broken_terminal(home: Path, machine_secret: bytes) -> list[str]:
    """What SQLCipher finds wrong in a copy of a terminal's files: a page that was altered, a tree that is broken.

    The write-ahead log is folded in first: what it holds takes the place of pages that a checkpoint cut short has
    left unwritten, and the check of the cipher does not look there.
    """
    data_key = Envelope.load(home / KEYS_NAME).open_with_machine(machine_secret)
    with tempfile.TemporaryDirectory() as folder:
        database = ReplicaDatabase.open(_copied(home, FILE_NAME, folder), data_key, reserve_bytes=0)
        try:
            if not database.checkpoint():
                return [f"{FILE_NAME}: the write-ahead log cannot be folded in"]
            with database.read() as connection:
                pages = [row[0] for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
                trees = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        finally:
            database.close()
    return [f"{FILE_NAME}: {line}" for line in [*pages, *(line for line in trees if line != "ok")]]


def _copied(home: Path, name: str, folder: str) -> Path:
    """A copy of a database as a kill left it, with its write-ahead log; nothing of it may be open."""
    for file in home.glob(f"{name}*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, folder)
    return Path(folder) / name
