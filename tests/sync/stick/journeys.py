"""One hub and one terminal without network, both as shipped, and the sticks between them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from sync.errors import HubUnreachable
from sync.hub import stick
from sync.hub.stick import Outcome
from sync.replica.stick import TakenIn
from sync.replica.terminal import Terminal, enrol
from sync.wire import HubRequest, HubResponse
from tests.sync.replica.stand_in import MACHINE_SECRET, a_booking, an_event
from tests.sync.replica.test_the_real_hub import SLOT, RealHub


@dataclass
class World:
    """One hub, one terminal without network until ``line`` is up, and sticks.

    Attributes:
        folder: where sticks are.
        line: whether the network works.
        deaf: whether answers are lost on it.
    """

    real: RealHub
    folder: Path
    line: bool = False
    deaf: bool = False
    made: int = 0
    terminals: list[Terminal] = field(default_factory=list)

    def send(self, request: HubRequest) -> HubResponse:
        if not self.line:
            raise HubUnreachable("Le hub ne répond pas.")
        answer = self.real.send(request)
        if self.deaf:
            raise HubUnreachable("Le hub ne répond pas.")
        return answer

    def terminal(self, name: str) -> Terminal:
        """A new terminal, which has been through one round."""
        home = self.folder / name
        self.line = True
        enrol(home, "https://hub.example", self.real.code(), MACHINE_SECRET, client=self, now_ms=self.real.now)
        opened = self.open(name)
        assert opened.rounds.run().ok
        self.line = False
        return opened

    def open(self, name: str) -> Terminal:
        opened = Terminal.open(self.folder / name, MACHINE_SECRET, client=self, now_ms=self.real.now)
        self.terminals.append(opened)
        return opened

    def stick(self, name: str = "stick") -> Path:
        place = self.folder / name
        place.mkdir(exist_ok=True)
        return place

    def books(self, terminal: Terminal, slot_id: str = "slot-none") -> str:
        self.made += 1
        values = {**a_booking(slot_id, index=self.made), "terminal_no": terminal.identity.terminal_no}
        return terminal.store.write("booking", None, values).id

    def publishes(self, name: str) -> None:
        self.real.write("event", event_id(name), {**an_event(name), "external_ref": event_id(name)})

    def publishes_slots(self) -> None:
        for n in range(1, 7):
            self.real.write("slot", f"slot-{n}", {**SLOT, "external_ref": f"c-{n}", "booth": str(n)})

    def at_the_hub(self, folder: Path) -> list[Outcome]:
        self.real.now.ms += 1000
        return stick.exchange(self.real.exchange, folder, "agent")

    def one_at_the_hub(self, folder: Path) -> Outcome:
        (outcome,) = self.at_the_hub(folder)
        return outcome

    def there_and_back(self, terminal: Terminal) -> TakenIn:
        place = self.stick()
        terminal.sticks.export(place)
        self.at_the_hub(place)
        return terminal.sticks.take_in(place)

    def bookings_at_the_hub(self) -> int:
        with self.real.database.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM booking").scalar_one())

    def close(self) -> None:
        for one in self.terminals:
            one.close()
        self.real.database.close()


def a_copy_of(prepared: Path, folder: Path) -> World:
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return World(RealHub(folder / "hub", existing=True), folder)


def event_id(name: str) -> str:
    return f"e-{name.encode().hex()}"


def titles(terminal: Terminal) -> set[object]:
    return {event.values()["title"] for _, event in terminal.store.list("event")}


def held_at_the_hub(world: World) -> int:
    with world.real.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM \"grant\" WHERE state = 'active'").scalar_one())
