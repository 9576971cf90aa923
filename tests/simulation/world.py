"""One hub and three terminals at two sites, with skewed clocks, on real files, driven by a seed.

Only time, the network and randomness are replaced. The hub is the shipped ``Exchange`` over its
real SQLite file; the terminals are the shipped ``Terminal`` over real SQLCipher files.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine

from sync.change import Value, new_id
from sync.errors import HoldLost, PointContactError
from sync.hub import backup, rows, vault
from sync.hub.database import HubDatabase
from sync.hub.exchange import Exchange
from sync.hub.keys import HubKeys
from sync.promise import CANCELLED, CONFIRMED, GUARANTEED, REQUESTED
from sync.replica.grants import Held
from sync.replica.terminal import Terminal
from sync.wire import HubResponse
from tests.simulation.network import Line, PowerCut
from tests.simulation.prepared import MINUTE_MS, SITES, START_MS, beginning_of

HOLD_MS = 5 * MINUTE_MS
YEAR_MS = 365 * 24 * 60 * MINUTE_MS
NEEDS = ("boucle_magnetique", "grand_ecran", "interprete", "lsf", "rez_de_chaussee")
LANGUAGES = ("fr", "fr-simple", "en", "ar")


@dataclass
class Written:
    """A write that the store acknowledged to a person: it may never be lost.

    ``seen`` is what the terminal showed in the same fields before: what the person knew and replaced.
    """

    terminal: int
    kind: str
    id: str
    values: dict[str, Value]
    answers: dict[str, Any] | None
    seen: dict[str, Value] = field(default_factory=dict)


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


@dataclass
class Told:
    """What a person was told of a booking, last: it is theirs (guaranteed), it was asked, or they gave it up."""

    terminal: int
    slot_id: str
    state: str


@dataclass
class World:
    """The whole world of one seed."""

    seed: int
    folder: Path
    loss: float = 0.30
    random: random.Random = field(init=False)
    now_ms: int = START_MS
    machines: list[Machine] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.clocks_jump = self.seed % 4 == 0
        self.restores = self.seed % 3 == 2
        self.backup_path: Path | None = None
        self.visit_no = self.value_no = 0
        beginning = beginning_of(self.seed)
        beginning.copy(self.folder)
        self.keys = HubKeys.load(self.folder / "hub")
        self._open_hub()
        for site_id in SITES:
            for _ in range(6):
                self.publish_slot(site_id)
        for number, (site_id, skew_ms, secret) in enumerate(beginning.terminals):
            self._place(number, site_id, skew_ms, secret)

    # -- the hub's side -------------------------------------------------------------------------
    def _open_hub(self) -> None:
        self.database = HubDatabase.open(self.folder / "hub" / "hub.db")
        for engine in (self.database._reading, self.database._writing):
            compile_once(engine)
        self.exchange = Exchange(self.database, self.keys, now_ms=lambda: self.now_ms)

    def publish_slot(self, site_id: str) -> None:
        """The hub opens one more slot, soon or days ahead; now and then beside another one of its booth."""
        starts_ms = self.now_ms + self.random.choice((2, 20, 26, 26, 28, 30, 50)) * 60 * MINUTE_MS
        starts_ms += self.random.randrange(4) * 30 * MINUTE_MS
        self._hub_writes(
            "slot", site_id, self._uuid(),
            {"external_ref": f"ref-{self.random.randrange(10**9)}", "reason": self.random.choice(("suivi", "dpa")),
             "booth": self.random.choice("1123"), "capacity": self.random.choice((1, 1, 2)),
             "starts_at": utc(starts_ms), "ends_at": utc(starts_ms + 45 * MINUTE_MS)},
        )  # fmt: skip

    def publish_event(self, site_id: str) -> None:
        """The hub announces an event, or changes one."""
        known = self.hub_rows("event", site_id)
        values: dict[str, Value] = {"seats_left": self.random.randrange(20), "counted_at": utc(self.now_ms)}
        if known and self.random.random() < 0.5:
            self._hub_writes("event", site_id, self.random.choice(sorted(known)), values)
            return
        starts_ms = self.now_ms + self.random.randrange(48) * 60 * MINUTE_MS
        values |= {"external_ref": f"e-{self.random.randrange(10**9)}", "title": "Atelier CV", "place": "Salle",
                   "starts_at": utc(starts_ms), "ends_at": utc(starts_ms + 60 * MINUTE_MS)}  # fmt: skip
        self._hub_writes("event", site_id, self._uuid(), values)

    def hub_edits_booking(self, site_id: str) -> None:
        """A person at the hub changes a booking while terminals may be changing it too."""
        known = self.hub_rows("booking", site_id)
        if known:
            record_id = self.random.choice(sorted(known))
            self._hub_writes("booking", site_id, record_id, {"language": self._a_language()})

    def _hub_writes(self, kind: str, site_id: str, record_id: str, values: dict[str, Value]) -> None:
        with self.database.write() as connection:
            rows.write_as_hub(connection, self.now_ms, kind, site_id, record_id, values)

    def back_up_hub(self) -> None:
        """A backup, as the operator makes them: verified, then announced as durable."""
        self.backup_path = backup.make_backup(self.database, self.keys, self.now_ms, "camille").path

    def restore_hub(self) -> None:
        """The hub's disk is lost, and an old backup takes its place under a new generation."""
        assert self.backup_path is not None
        self.database.close()
        home = self.folder / "hub"
        backup.restore(home, self.keys, self.backup_path, self.now_ms, "camille", random=self.random.randbytes)
        self._open_hub()
        self._count("hub restored")

    def hub_rows(self, kind: str, site_id: str) -> dict[str, dict[str, Value]]:
        """The hub's rows of one kind and site, by id."""
        with self.database.read() as connection:
            return {record_id: values for _, record_id, values in rows.read_all(connection, kind, site_id)}

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
        self.machines.append(machine)
        self.switch_on(machine)
        line.loss, line.duplicate, line.alter = self.loss, 0.05, 0.02
        line.replay_old, line.power_cut = 0.05, 0.03

    def _answer(self, request: Any) -> HubResponse:
        return self.exchange.answer(request)

    def _clock(self, machine: Machine) -> Callable[[], int]:
        return lambda: self.now_ms + machine.skew_ms

    def switch_on(self, machine: Machine) -> Terminal:
        """Starts a terminal on the files it has."""
        machine.terminal = Terminal.open(
            machine.home, machine.secret, client=machine.line, now_ms=self._clock(machine),
            random=self.random.randbytes,
        )  # fmt: skip
        compile_once(machine.terminal._database.engine)
        return machine.terminal

    def power_cut(self, machine: Machine) -> None:
        """Drops the process state; only the files remain."""
        assert machine.terminal is not None
        machine.terminal.close()
        store = self.switch_on(machine).store
        for visit, held in machine.visits.items():
            just = held.until_ms is not None and 0 < held.until_ms - store.now_ms() <= HOLD_MS
            if just and self.on(machine).status().clock_trusted and store.holding(visit) is None:
                self.see("holds_survive_a_power_cut", f"a hold of terminal {machine.number} is not on its disk")
        machine.visits.clear()
        self._count("orphan holds", store.drop_holds())

    def register(self, machine: Machine) -> None:
        """A person prepares a registration."""
        store = self.on(machine).store
        record_id = store.new_id()
        answers = {"nom_naissance": f"N’Diaye-Lefèvre {self.random.randrange(10**6)}", "prenoms": "Zoé"}
        reference = store.next_reference()
        values: dict[str, Value] = {
            "state": "preparee", "terminal_no": reference.terminal_no, "reference_no": reference.index,
            "reference_hash": f"scrypt14${record_id}", "notice_version": "1", "notice_read_at": utc(self.now_ms),
            "created_at": utc(self.now_ms),
        }  # fmt: skip
        sealed = store.seal("registration", record_id, answers)
        store.write("registration", record_id, values, sealed=sealed)
        self.written.append(Written(machine.number, "registration", record_id, values, answers))

    def hold(self, machine: Machine) -> str | None:
        """A person chooses a slot and thinks it over. Returns their visit, ``None`` when there is nothing to choose."""
        store = self.on(machine).store
        sure, now = store.guaranteed_slots(), utc(store.now_ms())
        slots = sorted(i for i, slot in store.list("slot") if str(slot.values()["starts_at"]) > now)
        if not slots:
            return None
        self.visit_no += 1
        visit = f"visit-{self.visit_no}"
        slot_id = self.random.choice(sorted(sure) if sure and self.random.random() < 0.7 else slots)
        machine.visits[visit] = store.hold(slot_id, visit)
        if slot_id in sure and not machine.visits[visit].guaranteed:
            self.see("sure_is_held", f"terminal {machine.number} shows {slot_id} as sure and does not hold it")
        return visit

    def book(self, machine: Machine) -> None:
        """A person books what they hold, or chooses and books at once."""
        waiting = sorted(machine.visits)
        visit = self.random.choice(waiting) if waiting and self.random.random() < 0.5 else self.hold(machine)
        if visit is None:
            return
        if self.seed % 5 == 4 and self.random.random() < 0.08:
            self.power_cut(machine)  # the lights go out while a person reads what is kept for them
            return
        self.book_held(machine, visit)

    def book_held(self, machine: Machine, visit: str) -> None:
        """A person books what they hold."""
        store, held = self.on(machine).store, machine.visits.pop(visit)
        record_id, reference = store.new_id(), store.reference_for(held)
        slot = store.get("slot", held.slot_id)
        values: dict[str, Value] = {
            "slot_id": held.slot_id, "reason": slot.values()["reason"] if slot else "suivi",
            "terminal_no": reference.terminal_no, "reference_no": reference.index,
            "reference_hash": f"scrypt14${record_id}", "created_at": utc(self.now_ms),
            "needs": self.random.sample(NEEDS, 1), "language": "fr", "modality": "VISIO",
        }  # fmt: skip
        try:
            sealed = store.seal("booking", record_id, {"nom": "Zoé N’Diaye"})
            state = store.book(held, visit, record_id, values, sealed=sealed)
        except HoldLost:
            self._count("hold lost")
            return
        self._count(f"booked: {state}")
        self.told[record_id] = Told(machine.number, held.slot_id, state)
        # The state is the hub's to answer; what a person was told is kept in ``told``.
        self.written.append(Written(machine.number, "booking", record_id, values, None))

    def leave(self, machine: Machine) -> None:
        """A person goes away without booking what they hold."""
        if machine.visits:
            visit = self.random.choice(sorted(machine.visits))
            del machine.visits[visit]
            self.on(machine).store.drop_holds(visit)

    def change_booking(self, machine: Machine) -> None:
        """A person changes a booking: a language, a need, or cancels it."""
        known = sorted(self.on(machine).store.list("booking"), key=lambda pair: pair[0])
        if not known:
            return
        record_id, fields = self.random.choice(known[-3:])  # few, so that terminals meet on the same one
        held = fields.values()
        if self.random.random() < 0.4:
            self._change(machine, record_id, {"needs": self._one_need_more(held["needs"])})
        elif self.random.random() < 0.6 and held["state"] in {REQUESTED, GUARANTEED, CONFIRMED}:
            self._change(machine, record_id, {"state": CANCELLED})
            self.told[record_id].state = CANCELLED
            self._count(f"cancelled: {held['state']}")
        else:
            self._change(machine, record_id, {"language": self._a_language()})

    def meet_on_one_booking(self) -> None:
        """Two terminals of one site change the same booking before either has heard of the other."""
        first, second = (machine for machine in self.machines if machine.site_id == SITES[0])
        both = dict(self.on(first).store.list("booking")).keys() & dict(self.on(second).store.list("booking")).keys()
        if not both:
            return
        record_id = self.random.choice(sorted(both))
        agreed = self._a_language() if self.random.random() < 0.2 else None
        for machine in (first, second):
            held = self.on(machine).store.get("booking", record_id)
            assert held is not None
            needs = self._one_need_more(held.values()["needs"])
            self._change(machine, record_id, {"needs": needs, "language": agreed or self._a_language()})

    def _one_need_more(self, needs: Value) -> Value:
        assert isinstance(needs, list)
        return sorted({*needs, self.random.choice(NEEDS)})

    def _a_language(self) -> str:
        """A language that nobody has written before: whoever holds it has it from this one write."""
        self.value_no += 1
        return f"{self.random.choice(LANGUAGES)}-{self.value_no}"

    def _change(self, machine: Machine, record_id: str, values: dict[str, Value]) -> None:
        held = self.on(machine).store.get("booking", record_id)
        before = held.values() if held is not None else {}
        self.on(machine).store.write("booking", record_id, values)
        changed = {name: value for name, value in values.items() if name not in before or before[name] != value}
        seen = {name: before[name] for name in changed if name in before}
        self.written.append(Written(machine.number, "booking", record_id, changed, None, seen))

    def round(self, machine: Machine) -> None:
        """One round, which the line may cut, and the power too."""
        try:
            report = self.on(machine).rounds.run()
            self._count("round done" if report.ok else f"round stopped: {report.code}")
        except PowerCut:
            self._count("power cut in a round")
            self.power_cut(machine)
        self._look(machine.site_id)

    def _look(self, site_id: str) -> None:
        """Counts the people of each slot, as the hub has them and as terminals told them."""
        bookings = self.hub_rows("booking", site_id)
        people = {i: str(row["slot_id"]) for i, row in bookings.items() if row["state"] in {GUARANTEED, CONFIRMED}}
        people |= {i: told.slot_id for i, told in self.told.items() if told.state == GUARANTEED}
        given_up = {i for i, told in self.told.items() if told.state == CANCELLED}
        for slot_id, slot in self.hub_rows("slot", site_id).items():
            places = 1 if slot["reason"] == "dpa" else int(str(slot["capacity"]))
            if sum(1 for i, at in people.items() if at == slot_id and i not in given_up) > places:
                self.see("nobody_twice_on_the_way", f"slot {slot_id} was promised above its places")

    def on(self, machine: Machine) -> Terminal:
        """The running terminal of a machine."""
        assert machine.terminal is not None
        return machine.terminal

    def see(self, check: str, fault: str) -> None:
        """Notes a fault seen on the way; the check of that name tells it at the end."""
        self.seen.setdefault(check, set()).add(fault)

    # -- the course of things -------------------------------------------------------------------
    def live(self, steps: int) -> None:
        """Runs ``steps`` random events."""
        for step in range(steps):
            if self.restores and step in (steps // 4, steps * 2 // 3):
                self.restore_hub() if self.backup_path else self.back_up_hub()
            self.now_ms += self.random.randrange(1000, 20 * MINUTE_MS)
            machine = self.random.choice(self.machines)
            action = self.random.random()
            if action < 0.35:
                self.round(machine)
            elif action < 0.40:
                self.register(machine)
            elif action < 0.43:
                self.hold(machine)
            elif action < 0.45:
                self.leave(machine)
            elif action < 0.65:
                self.book(machine)
            elif action < 0.75:
                self.change_booking(machine)
            elif action < 0.80:
                self.meet_on_one_booking()
            elif action < 0.84:
                machine.line.cut = not machine.line.cut and self.random.random() < 0.4
            elif action < 0.88:
                self.power_cut(machine)
            elif action < 0.92:
                self.publish_slot(machine.site_id)
            elif action < 0.96:
                self.publish_event(machine.site_id)
            elif action < 0.985 or not self.clocks_jump:
                self.hub_edits_booking(machine.site_id)
            else:
                machine.skew_ms = self.random.choice((-6 * YEAR_MS, 2 * YEAR_MS, 3 * 60 * MINUTE_MS, 0))
                self._count("clock jumped")

    def heal(self, rounds_max: int = 12) -> None:
        """The network returns; everybody runs rounds until nothing moves."""
        for machine in self.machines:
            machine.line.cut = False
            machine.line.loss = machine.line.duplicate = machine.line.alter = 0.0
            machine.line.replay_old = machine.line.power_cut = 0.0
        for _ in range(rounds_max):
            self.now_ms += 5 * MINUTE_MS
            moved = 0
            for machine in self.machines:
                report = self.on(machine).rounds.run()
                if not report.ok:
                    raise AssertionError(f"a healed round fails: {report.code}")
                moved += report.pushed + report.pulled
            if not moved:
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
        self.database.close()

    def _uuid(self) -> str:
        return new_id(self.now_ms, self.random.randbytes(10))

    def _count(self, name: str, times: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + times


def compile_once(engine: Engine) -> None:
    """Shares what SQLAlchemy has compiled with the engines before: a world opens a dozen, for the same statements."""
    dialect, compiled = _COMPILED.setdefault(engine.dialect.loaded_dbapi.__name__, (engine.dialect, {}))
    engine.dialect = dialect
    engine.update_execution_options(compiled_cache=compiled)


_COMPILED: dict[str, tuple[Dialect, dict[Any, Any]]] = {}


def utc(ms: int) -> str:
    """Milliseconds as the records write times."""
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
