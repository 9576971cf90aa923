"""Repair at the real hub: what differs is found and mended record by record, whatever is wrong, and costs little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from sync.clock import make_stamp
from sync.errors import HubUnreachable
from sync.hub import rows as hub_rows
from sync.replica import meta, rows
from sync.replica.repair import Repair, digest_here
from sync.replica.terminal import Terminal
from sync.wire import CompareReply, CompareRequest, HubRequest, HubResponse
from tests.sync.replica.stand_in import SITE, a_booking, an_event
from tests.sync.replica.test_the_real_hub import RealHub, a_terminal

EVENTS = [f"e-{n:03}" for n in range(120)]
NEWER, OLDER = make_stamp(2**47, 0, 1), make_stamp(1, 0, 1)


class Line(RealHub):
    """A hub whose line can be cut at a path, and that counts what it is asked."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.asked: list[str] = []
        self.bytes = 0
        self.before: Callable[[HubRequest], None] = lambda _: None

    def send(self, request: HubRequest) -> HubResponse:
        self.before(request)
        self.asked.append(request.path)
        answer = super().send(request)
        self.bytes += len(request.body) + len(answer.body)
        return answer

    def write_events(self, titles: dict[str, str]) -> None:
        with self.database.write() as connection:
            hub_rows.write_all_as_hub(
                connection, self.now(), "event", SITE, {one: an_event(title) for one, title in titles.items()}
            )


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    hub = Line(tmp_path / "hub")
    hub.write_events({one: f"Atelier {one}" for one in EVENTS})
    yield hub
    hub.database.close()


@pytest.fixture
def terminal(line: Line, tmp_path: Path) -> Iterator[Terminal]:
    opened = a_terminal(line, tmp_path / "a")
    assert opened.rounds.run().ok
    yield opened
    opened.close()


def titles_of(terminal: Terminal) -> dict[str, str]:
    return {record_id: held.values()["title"] for record_id, held in terminal.store.list("event")}


def spoil(terminal: Terminal, act: Callable[[Connection], None]) -> None:
    with terminal._database.write() as connection:
        act(connection)


def one_lost(connection: Connection) -> None:
    key = ("event", SITE, EVENTS[3])
    rows.delete_row(connection, key)
    rows.write_stamps(connection, {key: {}})


def stamped(stamp: str, title: str) -> Callable[[Connection], None]:
    def act(connection: Connection) -> None:
        key = ("event", SITE, EVENTS[7])
        held = rows.read_row(connection, key)
        assert held is not None
        rows.write_rows(connection, {key: {**held, "title": title}})
        rows.write_stamps(connection, {key: {**rows.read_stamps(connection, [key])[key], "title": stamp}})

    return act


def one_too_many(connection: Connection) -> None:
    of_another = rows.read_row(connection, ("event", SITE, EVENTS[0]))
    assert of_another is not None
    rows.write_rows(connection, {("event", SITE, "e-ghost"): of_another})
    rows.write_stamps(connection, {("event", SITE, "e-ghost"): dict.fromkeys(of_another, OLDER)})


def all_of_them(connection: Connection) -> None:
    one_lost(connection)
    stamped(NEWER, "Jamais dit")(connection)
    one_too_many(connection)


@pytest.mark.parametrize(
    ("wrong", "count"),
    [
        pytest.param(one_lost, 1, id="a record lost"),
        pytest.param(stamped(OLDER, "Ancien"), 1, id="an older value"),
        pytest.param(stamped(NEWER, "Jamais dit"), 1, id="a value the hub never told, with a newer stamp"),
        pytest.param(one_too_many, 1, id="a record the hub does not know"),
        pytest.param(all_of_them, 3, id="all of it at once"),
    ],
)
def test_what_differs_is_mended_and_nothing_else_travels(
    line: Line, terminal: Terminal, wrong: Callable[[Connection], None], count: int
) -> None:
    expected = titles_of(terminal)
    spoil(terminal, wrong)
    line.write_events({"e-new": "Nouveau"})
    line.asked.clear()
    line.bytes = 0
    report = terminal.rounds.run()
    assert report.ok
    assert titles_of(terminal) == {**expected, "e-new": "Nouveau"}
    status = terminal.status()
    assert (status.digest_mismatches, status.repaired) == (1, count)
    assert line.asked[0] == "/v2/round"
    assert line.asked[1:] == ["/v1/compare"] * (report.requests - 1)
    assert report.requests <= 4
    assert line.bytes < 8_000, "the whole feed is much more"
    line.asked.clear()
    assert terminal.rounds.run().ok
    assert line.asked == ["/v2/round"], "both ends agree, and know it"


def test_what_waits_to_be_sent_is_never_believed_away(line: Line, terminal: Terminal) -> None:
    made = terminal.store.write("booking", None, a_booking())
    assert terminal.rounds.run().ok
    spoil(terminal, lambda connection: rows.write_stamps(connection, {("booking", SITE, made.id): {"language": OLDER}}))

    def write_meanwhile(request: HubRequest) -> None:
        if request.path == "/v1/compare":
            line.before = lambda _: None
            terminal.store.write("booking", made.id, {"language": "ar"})

    line.before = write_meanwhile
    line.write_events({"e-new": "Nouveau"})
    assert terminal.rounds.run().ok
    held = terminal.store.get("booking", made.id)
    assert held is not None
    assert (held.values()["language"], terminal.status().waiting, terminal.status().repaired) == ("ar", 1, 1)
    assert terminal.rounds.run().ok
    with line.database.read() as connection:
        at_the_hub = hub_rows.read(connection, "booking", SITE, made.id)
    assert at_the_hub is not None
    assert at_the_hub["language"] == "ar"


def test_a_line_that_is_cut_leaves_everything_for_the_next_round(line: Line, terminal: Terminal) -> None:
    expected = titles_of(terminal)
    spoil(terminal, all_of_them)

    def cut(request: HubRequest) -> None:
        if request.path == "/v1/compare" and line.asked[-1] == "/v1/compare":
            raise HubUnreachable("Le hub ne répond pas.")

    line.before = cut
    line.write_events({"e-new": "Nouveau"})
    assert terminal.rounds.run().code == "unreachable"
    assert terminal.status().repaired == 0
    line.before = lambda _: None
    assert terminal.rounds.run().ok
    assert titles_of(terminal) == {**expected, "e-new": "Nouveau"}
    assert terminal.status().repaired == 3


def test_when_the_hub_moves_meanwhile_the_next_round_mends(line: Line, terminal: Terminal) -> None:
    expected = titles_of(terminal)
    spoil(terminal, all_of_them)

    def move(request: HubRequest) -> None:
        if request.path == "/v1/compare" and line.asked[-1] == "/v1/compare":
            line.before = lambda _: None
            line.write_events({"e-newer": "Plus nouveau"})

    line.before = move
    line.write_events({"e-new": "Nouveau"})
    assert terminal.rounds.run().ok
    assert terminal.status().repaired == 0
    assert terminal.rounds.run().ok
    assert titles_of(terminal) == {**expected, "e-new": "Nouveau", "e-newer": "Plus nouveau"}
    assert terminal.status().repaired == 3


def test_when_too_much_differs_the_whole_feed_is_read_again(line: Line, terminal: Terminal) -> None:
    spoil(terminal, all_of_them)

    def question(of: Terminal, message: CompareRequest) -> CompareReply | None:
        return of.rounds._question(_Counting(), message)  # type: ignore[arg-type]

    repair = Repair(
        terminal._database, terminal._clockwork, terminal.identity.terminal_id, terminal.identity.terminal_no,
        partial(question, terminal), differing_max=2,
    )  # fmt: skip
    assert repair.run() == 3
    with terminal._database.read() as connection:
        assert meta.read(connection, meta.REFILLING) is not None
    assert terminal.rounds.run().ok
    assert terminal.rounds.run().ok
    with terminal._database.read() as connection, line.database.read() as at_the_hub:
        count = at_the_hub.exec_driver_sql("SELECT count(*) FROM hub_record_stamps").scalar()
        assert digest_here(connection).startswith(f"{count}:")
    assert sorted(titles_of(terminal)) == EVENTS


class _Counting:
    """What a round keeps of its requests."""

    requests = 0
