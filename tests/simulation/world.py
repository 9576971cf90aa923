"""One hub and three terminals at two sites, with skewed clocks, on real files, driven by a seed.

Only time, the network and randomness are replaced. The hub is the shipped ``Exchange`` over its
real SQLite file; the terminals are the shipped ``Terminal`` over real SQLCipher files.

What people do is in ``people``, what named persons do at the hub in ``staff``, what no program can prevent in
``disasters``, and what is written down on the way so that the checks know what nobody could have kept in ``witnessed``.
"""

from __future__ import annotations

import datetime
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.change import Value, new_id
from sync.errors import DiskFull, HubUnreachable, PointContactError
from sync.hub import backup, rows, todo, vault
from sync.hub.exchange import Exchange
from sync.hub.keys import HubKeys
from sync.promise import CANCELLED, GUARANTEED, MOVED, PLACED
from sync.questions import TakeReply, TakeRequest
from sync.records.registration import TAKEN_BACK
from sync.replica.grants import Held
from sync.replica.terminal import Terminal
from sync.wire import HubRequest, HubResponse, RoundRequest
from tests.simulation import course, disasters, people, power, staff
from tests.simulation.hub_disk import SERVED_EVERY, SERVED_SEED, HubDisk
from tests.simulation.listening import listen
from tests.simulation.network import NUMBERED, ROUND, Line, PowerCut
from tests.simulation.prepared import MINUTE_MS, SITES, START_MS, beginning_of
from tests.simulation.sticks import courier_of
from tests.simulation.witnessed import Heard, Told, Written, as_written, round_of, terminal_of
from tests.sync.hub.stand import compile_once

HOLD_MS = 5 * MINUTE_MS
TYPED = "Quenneville"
"""In every name that a person types, and nowhere else."""
LOOK_EVERY = 8


@dataclass
class Machine:
    """One terminal: its files, its wrong clock, its line."""

    number: int
    site_id: str
    home: Path
    skew_ms: int
    line: Line
    secret: bytes
    terminal: Terminal | None = None
    visits: dict[str, Held] = field(default_factory=dict)
    image: Path | None = None
    wrote_at_image: int = 0
    terminal_no: int = 0
    hardware: str = ""


@dataclass
class World:
    """The whole world of one seed.

    Attributes:
        notes: every write that a store acknowledged, in order.
        gone: the machines that are dead, stolen or revoked.
        doubtful: the machines whose disk was put back, copied, lost or stolen at any time.
        revoked: the ids of revoked terminals.
        lost: the bookings that were on one disk alone when it was lost.
        taken_back: the registrations that were withdrawn, with the machine where.
        taken_back_once: those whose taking back was on a lost disk alone: whoever has heard of it says so again.
        buried: what the hub destroyed at the end of its time, as it stood then.
        overridden: the bookings that a named person gave a place, free or not, in any life of the hub's database.
        written_off: the grants that a named person took back, in any of them.
        withdrawn: the slots that their owner ended, in any of them.
        ended: the bookings that somebody chose to end, in any of them.
        heard: what the hub has heard since its database began.
        seen: faults seen on the way, by the check that tells them.
    """

    seed: int
    folder: Path
    loss: float = 0.30
    random: random.Random = field(init=False)
    now_ms: int = START_MS
    machines: list[Machine] = field(default_factory=list)
    notes: list[Written] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    taken_back: dict[str, int] = field(default_factory=dict)
    taken_back_once: set[str] = field(default_factory=set)
    buried: dict[str, dict[str, Value]] = field(default_factory=dict)
    overridden: set[str] = field(default_factory=set)
    written_off: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    heard: Heard = field(default_factory=Heard)
    edited: list[Written] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.clocks_jump = self.seed % 4 == 0
        self.restores = self.seed % 3 == 2
        self.voices = self.seed % 6 == 1
        self.disaster = disasters.of_seed(self.seed)
        self.fate = random.Random(f"power {self.seed}")
        self.power = power.Power(self.folder / "hub")
        self.cuts_at_writes, self.disks_fill = self.seed % 5 in {1, 3}, self.seed % 13 == 6
        self.backup_path: Path | None = None
        self.visit_no = self.value_no = 0
        self.closes = self.seed % staff.CLOSED_EVERY == staff.CLOSED_SEED
        self.closed = self.is_over = self.is_healed = False
        self.restored_ms = 0
        self.trying: Written | None = None
        self.last_rows: dict[tuple[str, str], dict[str, dict[str, Value]]] = {}
        self.last_version = 0
        self.last_list: list[todo.Item] = []
        beginning = beginning_of(self.seed)
        beginning.copy(self.folder)
        self.keys = HubKeys.load(self.folder / "hub")
        self.disk = HubDisk(self.folder / "hub", served=self.seed % SERVED_EVERY == SERVED_SEED)
        self._open_hub()
        self.courier = courier_of(self.seed, self.folder)
        if self.disk.served:
            self.count("hub on a server")
        for site_id in SITES:
            for _ in range(6):
                staff.publish_slot(self, site_id)
        for number, (site_id, skew_ms, secret) in enumerate(beginning.terminals):
            self._place(number, site_id, skew_ms, secret)

    # -- the hub's side -------------------------------------------------------------------------
    def _open_hub(self) -> None:
        self.last_rows.clear()
        self.database = self.disk.open()
        for engine in self.database.engines:
            compile_once(engine)
            if self.disks_fill and not self.disk.served:
                power.limit(self.power, engine, power.HUB)
        self.exchange = Exchange(
            self.database, self.keys, now_ms=lambda: self.now_ms, random=self.random.randbytes
        )  # fmt: skip
        listen(self.exchange, self._hear)

    def _close_hub(self) -> None:
        self.disk.close()
        self.database.close()

    def hub_writes(self, kind: str, site_id: str, record_id: str, values: dict[str, Value]) -> None:
        """The hub writes fields of a record of its own."""
        with self.database.write() as connection:
            rows.write_as_hub(connection, self.now_ms, kind, site_id, record_id, values)

    def back_up_hub(self) -> None:
        """A backup, as the operator makes them: verified, then announced as durable."""
        self.backup_path = backup.make_backup(self.database, self.keys, self.now_ms, "camille").path
        self.heard_at_backup = self.heard.copy()

    def restore_hub(self, *, lost: bool) -> None:
        """An old backup takes the place of the hub's database, which is lost or only spoilt, under a new generation."""
        assert self.backup_path is not None
        made_here = self._bookings() - {one.id for one in self.written if "created_at" in one.values}
        self._close_hub()
        home, replaced, address = self.folder / "hub", self.heard, None
        if lost:
            address = self.disk.lose()
            for machine in self.machines:
                machine.line.past.clear()  # what was used since the backup is lost: nobody can tell
        backup.restore(
            home, self.keys, self.backup_path, self.now_ms, "camille", random=self.random.randbytes, address=address
        )  # fmt: skip
        self._open_hub()
        self.heard = self.heard_at_backup.copy()
        if not lost:
            self.heard.take_over(replaced)
        self.restored_ms = self.now_ms
        self.lost |= made_here - self._bookings()  # a person at the hub made it, or a voice: no terminal sends it again
        self.count("hub restored")
        for machine in self.machines:
            if machine.number in self.doubtful:
                disasters.forget_lost(self, machine)

    def hub_rows(self, kind: str, site_id: str) -> dict[str, dict[str, Value]]:
        """The hub's rows of one kind and site, by id; read once until the hub has written something."""
        version = self.disk.version(self.database)
        if version != self.last_version:
            self.last_version = version
            self.last_rows.clear()
        if (kind, site_id) not in self.last_rows:
            with self.database.read() as connection:
                found = {record_id: values for _, record_id, values in rows.read_all(connection, kind, site_id)}
            self.last_rows[kind, site_id] = found
        return self.last_rows[kind, site_id]

    def _bookings(self) -> set[str]:
        return {i for site_id in SITES for i in self.hub_rows("booking", site_id)}

    def open_sealed(self, kind: str, site_id: str, record_id: str) -> dict[str, Any]:
        """What a named person reads through the vault."""
        reason = next(iter(vault.REASONS))
        home = self.folder / "hub"
        opened = vault.open_sealed(
            self.database, home, self.now_ms, kind, site_id, record_id, who="camille", reason=reason
        )
        return opened.answers

    # -- the terminals' side --------------------------------------------------------------------
    def _place(self, number: int, site_id: str, skew_ms: int, secret: bytes) -> None:
        line = Line(self._answer, random.Random(self.seed * 1000 + number))
        machine = Machine(number, site_id, self.folder / f"terminal-{number}", skew_ms, line, secret)
        machine.hardware = f"disk {number}"
        self.machines.append(machine)
        self.switch_on(machine)
        self._spoil(line)

    def add_copy(self, machine: Machine) -> Machine:
        """One more machine, with the files of another one that is switched off."""
        number = len(self.machines)
        line = Line(self._answer, random.Random(self.seed * 1000 + number))
        home = self.folder / f"terminal-{number}"
        shutil.copytree(machine.home, home)
        copy = Machine(number, machine.site_id, home, machine.skew_ms, line, machine.secret, hardware=f"disk {number}")
        self.machines.append(copy)
        self._spoil(line)
        return copy

    def _pass(self, ms: int) -> None:
        self.now_ms += ms

    def _spoil(self, line: Line) -> None:
        line.loss, line.duplicate, line.alter = self.loss, 0.05, 0.02
        line.replay_old, line.late, line.stall, line.power_cut = 0.05, 0.03, 0.03, 0.03
        line.wait = self._pass

    def _answer(self, request: HubRequest) -> HubResponse:
        is_revoked = request.path == ROUND and terminal_of(request) in self.revoked
        try:
            with self.power.goes_after(power.HUB, self.fateful(0.06, 12)):
                response = self.exchange.answer(request)
        except PowerCut:
            self._close_hub()
            self._open_hub()
            self.count("power cut at a write of the hub")
            self.heard.unsure |= self.heard.of_revoked(request) if is_revoked else set()
            if request.path == ROUND and (message := round_of(request)) is not None:
                self._hear(message)
            raise HubUnreachable("Le hub ne répond pas.") from None
        if response.status == 200 and terminal_of(request) in self.revoked:
            self.see("nobody_revoked_is_heard", f"a revoked terminal was answered on {request.path}")
        is_new = request.path in NUMBERED and self.heard.note_number(request, response)
        if is_new and response.status != 200 and is_revoked:
            self.heard.sent_revoked |= self.heard.of_revoked(request)
        if response.status == 200 and request.path == ROUND:
            disasters.find_again(self)
        if response.status == 200 and request.path == "/v1/take":
            asked, given = TakeRequest.from_bytes(request.body), TakeReply.from_bytes(response.body)
            for fault in self.heard.note_take(asked, given):
                self.see("taken_once", fault)
        return response

    def _hear(self, message: RoundRequest) -> None:
        """Takes note of one frame of a round by what the hub has on its disk of it."""
        with self.database.read() as connection:
            written = as_written(connection, self.heard, message)
        for booking_id in self.heard.note_round(*written):
            if disasters.is_told_late(self, booking_id, message.incarnation):
                self.heard.late.add(booking_id)

    def _clock(self, machine: Machine) -> Callable[[], int]:
        return lambda: self.now_ms + machine.skew_ms

    def switch_on(self, machine: Machine) -> Terminal:
        """Starts a terminal on the files it has."""
        machine.terminal = Terminal.open(
            machine.home, machine.secret, client=machine.line, now_ms=self._clock(machine),
            monotonic_ms=lambda: self.now_ms, random=self.random.randbytes,
            read_hardware=lambda home: {"disk": machine.hardware},
        )  # fmt: skip
        machine.terminal_no = machine.terminal.identity.terminal_no
        if self.seed % 4 in {1, 2}:
            machine.terminal.rounds.operations_per_frame = 2
        compile_once(machine.terminal._database.engine)
        if self.disks_fill:
            power.limit(self.power, machine.terminal._database.engine, power.TERMINAL)
        return machine.terminal

    def power_cut(self, machine: Machine) -> None:
        """Drops the process state; only the files remain."""
        assert machine.terminal is not None
        machine.terminal.close()
        while True:
            try:
                with self.power.goes_after(power.TERMINAL, self.fateful(0.2, 8)):
                    store = self.switch_on(machine).store
                break
            except PowerCut:
                self.count("power cut at a start")
        for visit, held in machine.visits.items():
            just = held.until_ms is not None and 0 < held.until_ms - store.now_ms() <= HOLD_MS
            if just and self.on(machine).status().clock_trusted and store.holding(visit) is None:
                self.see("holds_survive_a_power_cut", f"a hold of terminal {machine.number} is not on its disk")
        machine.visits.clear()
        self.count("orphan holds", store.drop_holds())

    @property
    def living(self) -> list[Machine]:
        """The machines that still work and are trusted."""
        return [machine for machine in self.machines if machine.number not in self.gone]

    def utc(self, ms: int | None = None) -> str:
        """A time as the records write it; the present without one."""
        return utc(self.now_ms if ms is None else ms)

    def next_visit(self) -> str:
        """The word of a new visit."""
        self.visit_no += 1
        return f"visit-{self.visit_no}"

    def a_name(self) -> str:
        """A name that nobody else has."""
        self.value_no += 1
        return f"N’Diaye-{TYPED}{self.value_no}"

    def a_code(self, of: Sequence[str]) -> str:
        """A value that nobody has written before: whoever holds it has it from this one write."""
        self.value_no += 1
        return f"{self.random.choice(of)}-{self.value_no}"

    @contextmanager
    def acknowledges(self, written: Written) -> Iterator[None]:
        """Around a write: it may never be lost once the store has acknowledged it, or the disk holds it."""
        self.trying = written
        yield
        self.trying = None
        self.note_written(written)

    @property
    def written(self) -> list[Written]:
        """What people wrote at terminals and may never be lost, in order: on no lost disk alone."""
        return [one for one in self.notes if not one.lost]

    def note_written(self, written: Written) -> None:
        """Keeps a write that a store has just acknowledged, and what the person takes from it."""
        self.notes.append(written)
        if written.values.get("state") == CANCELLED:
            people.give_up(self, written.id)
        if written.values.get("state") == TAKEN_BACK:
            self.taken_back[written.id] = written.terminal

    def round(self, machine: Machine) -> None:
        """One round, which the line may cut, and the power too."""
        try:
            report = self.on(machine).rounds.run()
            self.count("round done" if report.ok else f"round stopped: {report.code}")
        except PowerCut:
            self.count("power cut in a round")
            self.power_cut(machine)
        self.look(machine.site_id)

    def look(self, site_id: str) -> None:
        """Counts the people of each slot, as the hub has them and as terminals told them."""
        bookings = self.hub_rows("booking", site_id)
        for booking_id, row in bookings.items():
            if row["state"] == MOVED and booking_id in self.told:
                self.told[booking_id].hears_of_a_move()
        self._look_at_grants(bookings)
        people = {i: str(row["slot_id"]) for i, row in bookings.items() if row["state"] in PLACED}
        sure = {i: told for i, told in self.told.items() if told.state == GUARANTEED}
        people |= {i: told.slot_id for i, told in sure.items() if told.terminal not in self.doubtful}
        given_up = {i for i, told in self.told.items() if told.state in {CANCELLED, MOVED}}
        given_up |= {one.id for one in self.written if one.values.get("state") == CANCELLED}  # no slip (seed 20071)
        carried = {i for i, row in bookings.items() if row["carried"] and i not in self.told}  # a voice's: told before
        by_name = self.overridden | self.ended | staff.moved_before(self, bookings)
        by_name |= {i for i, told in self.told.items() if told.grant_id in self.written_off}
        for slot_id, slot in self.hub_rows("slot", site_id).items():
            here = {i for i, at in people.items() if at == slot_id} - given_up - carried - by_name
            if len(here) > staff.places_of(slot) and not any(
                i in self.told and self.told[i].terminal in self.doubtful for i in here
            ):
                self.see("nobody_twice_on_the_way", f"slot {slot_id} was promised above its places")

    def _look_at_grants(self, bookings: dict[str, dict[str, Value]]) -> None:
        """Whatever way bookings come, and in whatever order: the place of a grant is one person's."""
        standing = [row for row in bookings.values() if row["state"] in PLACED and row["grant_id"] is not None]
        placed = Counter(str(row["grant_id"]) for row in standing)
        for booking_id, row in bookings.items():
            told = self.told.get(booking_id)
            if placed[str(row["grant_id"])] > 1 and told is not None and told.terminal not in self.doubtful:
                self.see("one_on_a_grant", f"{placed[str(row['grant_id'])]} people have the place of one grant")

    def on(self, machine: Machine) -> Terminal:
        """The running terminal of a machine."""
        assert machine.terminal is not None
        return machine.terminal

    def see(self, check: str, fault: str) -> None:
        """Notes a fault seen on the way; the check of that name tells it at the end."""
        self.seen.setdefault(check, set()).add(fault)

    def live(self, steps: int, on_the_way: Callable[[World], None] = lambda world: None) -> None:
        """Runs ``steps`` random events, and every few of them what looks whether all is well."""
        for step in range(steps):
            if step % LOOK_EVERY == LOOK_EVERY - 1:
                on_the_way(self)
            if self.restores and step in (steps // 4, steps * 2 // 3):
                self.restore_hub(lost=self.seed % 2 == 0) if self.backup_path else self.back_up_hub()
            disasters.strike(self, step / steps)
            if self.courier is not None:
                self.courier.go(self)
            if self.closes and step == steps * 3 // 5:
                staff.close_for_days(self)
            if self.clocks_jump and step == steps * 3 // 4 and "clock jumped" not in self.counts:
                course.clock_jumps(self, self.random.choice(self.living))
            self.now_ms += self.random.randrange(1000, 20 * MINUTE_MS)
            machine = self.random.choice(self.living)
            action = self.random.random()
            act = next(act for limit, act in course.COURSE if action < limit)
            self._fill_disks()
            self.trying = None
            try:
                with self.power.goes_after(power.TERMINAL, self.fateful(0.12, 30)):
                    act(self, machine)
            except DiskFull:
                self.count("disk full")
            except PowerCut:
                self._wake_after_a_cut(machine)

    def fateful(self, probability: float, writes: int) -> int | None:
        """After how many writes the power goes; most of the time never."""
        if self.cuts_at_writes and not self.is_healed and self.fate.random() < probability:
            return self.fate.randrange(1, writes)
        return None

    def _fill_disks(self) -> None:
        if self.disks_fill and self.fate.random() < 0.1:
            self.power.full ^= {self.fate.choice((power.HUB, power.TERMINAL))}

    def _wake_after_a_cut(self, machine: Machine) -> None:
        """Whoever stood before the screen when it went dark looks at what the terminal kept of theirs."""
        self.count("power cut at a write of a terminal")
        tried, self.trying = self.trying, None
        machine = self.machines[tried.terminal] if tried is not None else machine
        self.power_cut(machine)
        if tried is not None and tried.said <= disasters.said_on_disk(self, machine):
            self.note_written(tried)
            self.count("kept by the disk, not yet said")

    def heal(self, rounds_max: int = 16) -> None:
        """The network returns; everybody runs rounds until nothing moves."""
        self.is_healed = True
        self.power.full.clear()
        for machine in self.living:
            machine.line.calm()
        for _ in range(rounds_max):
            self.now_ms += 5 * MINUTE_MS
            staff.serve(self)
            reports = [self.on(machine).rounds.run() for machine in self.living]
            if failed := [report.code for report in reports if not report.ok]:
                raise AssertionError(f"a healed round fails: {failed}")
            if not any(report.pushed + report.pulled for report in reports):
                for site_id in SITES:
                    self.look(site_id)
                return
        raise AssertionError(f"still moving after {rounds_max} healed rounds")

    def close(self) -> None:
        """Closes every file."""
        for machine in self.machines:
            if machine.terminal is not None:
                try:
                    machine.terminal.close()
                except PointContactError:  # a planted fault may have broken it already
                    continue
        self._close_hub()
        self.disk.remove()

    def uuid(self) -> str:
        """A new id."""
        return new_id(self.now_ms, self.random.randbytes(10))

    def count(self, name: str, times: int = 1) -> None:
        """Counts what happened."""
        self.counts[name] = self.counts.get(name, 0) + times


def utc(ms: int) -> str:
    """Milliseconds as the records write times."""
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
