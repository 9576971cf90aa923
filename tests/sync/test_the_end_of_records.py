"""Records come to the end of their time at the hub while terminals come and go: both ends end alike, in any order."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from sync.clock import utc_text
from sync.digest import digest_of, mark_of
from sync.hub import retention
from sync.hub.database import table_of
from sync.hub.tables import RecordStamps, Tombstone
from sync.replica.repair import digest_here
from sync.replica.terminal import Terminal
from sync.stamped import read_at_rest
from tests.sync.replica.stand_in import MACHINE_SECRET, a_booking, a_registration
from tests.sync.replica.test_the_real_hub import RealHub, a_terminal

DAY_MS = 86_400_000
ACTS = ("book", "cancel", "prepare", "take_back", "round", "round", "days", "retain", "close", "put_back")


class Site:
    """Two real terminals and the real hub, driven by the numbers of one walk."""

    def __init__(self, folder: Path) -> None:
        self.real = RealHub(folder / "hub")
        self.folder = folder
        for n in range(40):
            at = self.real.now.ms + (n // 4) * 3 * DAY_MS
            hours = {"starts_at": utc_text(at + 3_600_000), "ends_at": utc_text(at + 5_400_000)}
            slot: dict[str, object] = {"external_ref": f"c-{n}", "reason": "suivi", "booth": f"b-{n % 4}", **hours}
            self.real.write("slot", f"slot-{n:02}", slot)
        self.terminals = [a_terminal(self.real, folder / name) for name in ("a", "b")]
        for terminal in self.terminals:
            assert terminal.rounds.run().ok

    def close(self) -> None:
        for terminal in self.terminals:
            terminal.close()
        self.real.database.close()

    def act(self, what: str, n: int) -> None:
        at = n % 2
        terminal = self.terminals[at]
        if what == "book":
            slots = [slot_id for slot_id, _ in terminal.store.list("slot")]
            if slots:
                mine = {"terminal_no": terminal.identity.terminal_no, "slot_id": slots[n % len(slots)]}
                terminal.store.write("booking", None, {**a_booking(), **mine})
        elif what in {"cancel", "take_back"}:
            kind, state = ("booking", "cancelled") if what == "cancel" else ("registration", "retiree")
            ended = {"cancelled", "retiree", "declined"}
            known = [one for one, held in terminal.store.list(kind) if held.values()["state"] not in ended]
            if known:
                terminal.store.write(kind, known[n % len(known)], {"state": state})
        elif what == "prepare":
            record_id = terminal.store.new_id()
            sealed = terminal.store.seal("registration", record_id, {"nom": "N’Diaye"})
            values = {**a_registration(), "terminal_no": terminal.identity.terminal_no}
            terminal.store.write("registration", record_id, values, sealed=sealed)
        elif what == "round":
            report = terminal.rounds.run()
            assert report.ok, report.message
        elif what == "days":
            self.real.now.ms += (1 + n % 25) * DAY_MS
        elif what == "retain":
            self.retain()
        elif what == "close":
            with self.real.database.read() as connection:
                known = [
                    row.id for row in connection.exec_driver_sql("SELECT id FROM registration WHERE state = 'recue'")
                ]
            if known:
                self.real.write("registration", known[n % len(known)], {"state": "close"})
        else:
            self.put_back(at)

    def put_back(self, at: int) -> None:
        """The disk of a terminal goes back to what it was at the last such moment, and is seen to have done so."""
        name = ("a", "b")[at]
        home, image = self.folder / name, self.folder / f"{name}.image"
        self.terminals[at].close()
        if image.exists():
            shutil.rmtree(home)
            image.rename(home)
        else:
            shutil.copytree(home, image)
        self.terminals[at] = Terminal.open(home, MACHINE_SECRET, client=self.real, now_ms=self.real.now)

    def retain(self) -> retention.Report:
        with self.real.database.write() as connection:
            return retention.run(connection, self.real.now())

    def digests(self) -> list[str]:
        found = []
        for terminal in self.terminals:
            with terminal._database.read() as connection:
                found.append(digest_here(connection))
        with self.real.database.read() as connection:
            marks = {
                row.mark: mark_of((row.kind, row.site_id, row.id), read_at_rest(row.stamps))
                for row in connection.execute(table_of(RecordStamps).select())
            }
            assert all(kept == made for kept, made in marks.items())
            found.append(digest_of(marks))
        return found


@pytest.mark.parametrize("seed", range(6))
def test_both_ends_end_alike_whatever_the_order(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    site = Site(tmp_path)
    try:
        for _ in range(45):
            site.act(chance.choice(ACTS), chance.randrange(1000))
        for _ in range(4):  # everybody hears everything, and every time comes to its end
            site.real.now.ms += 50 * DAY_MS
            for at in (0, 1, 0, 1):
                site.act("round", at)
            site.retain()
            for at in (0, 1, 0, 1):
                site.act("round", at)
            site.retain()
        assert len(set(site.digests())) == 1
        for terminal in site.terminals:
            status = terminal.status()
            assert (status.waiting, status.parked) == (0, 0)
            assert terminal.store.list("booking") == []
            assert terminal.store.list("slot") == []
            assert not [one for _, one in terminal.store.list("registration") if one.values()["state"] == "retiree"]
        with site.real.database.read() as connection:
            assert list(connection.execute(table_of(Tombstone).select())) == []
            assert {one.held_by for one in retention.list_due(connection, site.real.now())} <= {retention.UNHANDLED}
    finally:
        site.close()
