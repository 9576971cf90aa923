"""A round in frames, from the terminal's side: cut anywhere, it goes on where it stopped and sends little again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from sync.errors import HubUnreachable
from sync.frames import FrameReader
from sync.replica.terminal import Terminal, enrol
from sync.wire import HubRequest, HubResponse, RoundRequest
from tests.sync.replica.stand_in import MACHINE_SECRET, SITE, StandInHub, a_booking, a_registration, an_event
from tests.sync.replica.test_the_real_hub import RealHub

PER_FRAME = 2


@dataclass
class CutLine:
    """A line to the real hub that can be cut after so many bytes of a round, on its way there or back.

    Attributes:
        up: how many bytes of the next round still pass; ``None`` for all.
        down: the same for its answer.
        sent: every operation that passed whole, by its number, in order.
    """

    real: RealHub
    up: int | None = None
    down: int | None = None
    sent: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def send(self, request: HubRequest) -> HubResponse:
        self.asked.append(request.path)
        if request.path != "/v2/round":
            return self.real.send(request)
        up, down, self.up, self.down = self.up, self.down, None, None
        passed = request.body if up is None else request.body[:up]
        for text in FrameReader(b"", lambda _signed, _data: True).feed(passed):
            self.sent += [one.seq for one in RoundRequest.from_json(text).operations]
        response = self.real.send(replace(request, body=passed))
        if up is not None and up < len(request.body):
            raise HubUnreachable("Le hub ne répond pas.")
        return response if down is None else replace(response, body=response.body[:down])


@pytest.fixture
def real(tmp_path: Path) -> Iterator[RealHub]:
    hub = RealHub(tmp_path / "hub")
    yield hub
    hub.database.close()


@pytest.fixture
def line(real: RealHub) -> CutLine:
    return CutLine(real)


@pytest.fixture
def terminal(real: RealHub, line: CutLine, tmp_path: Path) -> Iterator[Terminal]:
    home = tmp_path / "terminal"
    enrol(home, "https://hub.example", real.code(), MACHINE_SECRET, client=line, now_ms=real.now)
    opened = Terminal.open(home, MACHINE_SECRET, client=line, now_ms=real.now)
    opened.rounds.operations_per_frame = PER_FRAME
    yield opened
    opened.close()


def records_at_the_hub(real: RealHub) -> int:
    with real.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM booking").scalar_one())


def test_a_request_that_is_cut_anywhere_loses_nothing_and_sends_one_frame_again_at_most(
    real: RealHub, terminal: Terminal, line: CutLine
) -> None:
    assert terminal.rounds.run().ok
    made = 0
    for cut in range(0, 1900, 83):
        for _ in range(7):
            terminal.store.write("booking", None, a_booking(f"slot-{made}"))
            made += 1
        line.up, line.sent = cut, []
        first = terminal.rounds.run()
        if first.ok:
            break  # longer than the whole request
        assert first.code == "unreachable"
        assert terminal.rounds.run().ok
        assert terminal.status().waiting == 0
        assert records_at_the_hub(real) == made
        assert len(line.sent) <= 7 + PER_FRAME, f"cut at {cut}"
        assert len(line.sent) <= len(set(line.sent)) + 1, "only the last that had passed whole, to be compared"
    else:
        raise AssertionError("the request was never whole")


def test_an_answer_that_is_cut_anywhere_is_kept_as_far_as_it_came(
    real: RealHub, terminal: Terminal, line: CutLine
) -> None:
    assert terminal.rounds.run().ok
    for cut in range(0, 1300, 97):
        terminal.store.write("registration", None, a_registration(index=cut))
        real.write("event", f"e-{cut}", {**an_event(f"Atelier {cut}"), "external_ref": f"e-{cut}"})
        line.down = cut
        first = terminal.rounds.run()
        assert first.code in {"ok", "unreachable"}
        assert terminal.rounds.run().ok
        assert terminal.status().waiting == 0
        assert f"Atelier {cut}" in {event.values()["title"] for _, event in terminal.store.list("event")}
        if first.ok:
            return
    raise AssertionError("the answer was never whole")


def test_a_terminal_that_lost_power_after_a_cut_asks_first_how_much_has_arrived(
    real: RealHub, terminal: Terminal, line: CutLine, tmp_path: Path
) -> None:
    assert terminal.rounds.run().ok
    for number in range(6):
        terminal.store.write("booking", None, a_booking(f"slot-{number}"))
    line.up = 640
    assert terminal.rounds.run().code == "unreachable"
    terminal.close()
    again = Terminal.open(tmp_path / "terminal", MACHINE_SECRET, client=line, now_ms=real.now)
    try:
        before = len(line.sent)
        assert before >= PER_FRAME
        assert again.rounds.run().requests == 2
        assert records_at_the_hub(real) == 6
        assert sorted(line.sent) == [1, 2, 3, 4, 4, 5, 6]
        line.asked.clear()
        assert again.rounds.run().requests == 1
    finally:
        again.close()


def test_what_is_written_while_a_request_travels_goes_with_it(real: RealHub, terminal: Terminal, line: CutLine) -> None:
    assert terminal.rounds.run().ok
    for number in range(4):
        terminal.store.write("booking", None, a_booking(f"slot-{number}"))
    batch_read, wrote = terminal.rounds._frames, []

    def frames(*asked: Any) -> Iterator[tuple[bytes, bool]]:
        for text in batch_read(*asked):
            if not wrote:
                wrote.append(terminal.store.write("booking", None, a_booking("slot-late")))
            yield text

    terminal.rounds._frames = frames  # type: ignore[method-assign]
    report = terminal.rounds.run()
    assert (report.ok, report.requests, report.waiting) == (True, 1, 0)
    assert records_at_the_hub(real) == 5


def test_a_hub_of_before_is_told_from_a_broken_one(hub: StandInHub, tmp_path: Path) -> None:
    home = tmp_path / "home"
    enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=hub, now_ms=hub.now)
    opened = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=hub.now)
    try:
        opened.store.write("booking", None, a_booking())
        real_send = hub.send

        def of_before(request: HubRequest) -> HubResponse:
            if request.path != "/v2/round":
                return real_send(request)
            return hub.sign(404, hub.refusal("malformed").to_bytes())

        hub.send = of_before  # type: ignore[method-assign]
        report = opened.rounds.run()
        assert (report.code, report.waiting) == ("protocol", 1)
        assert report.message.startswith("Le hub est d’une version plus ancienne")
        assert SITE
    finally:
        opened.close()


def test_a_busy_hubs_word_when_to_come_back_is_passed_on(hub: StandInHub, tmp_path: Path) -> None:
    home = tmp_path / "home"
    enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=hub, now_ms=hub.now)
    opened = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=hub.now)
    try:
        opened.store.write("booking", None, a_booking())
        hub.scripts = [lambda _request: hub.refusal("busy").changed(retry_s=137)]
        report = opened.rounds.run()
        assert (report.code, report.retry_s, report.waiting) == ("busy", 137, 1)
        assert opened.rounds.run().ok
        assert opened.status().waiting == 0
    finally:
        opened.close()


@pytest.mark.parametrize("code", ["clock_ahead", "replayed", "gap", "unknown_terminal"])
def test_a_refusal_that_is_bound_to_nothing_is_not_believed(code: str, hub: StandInHub, tmp_path: Path) -> None:
    home = tmp_path / "home"
    enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=hub, now_ms=hub.now)
    opened = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=hub.now)
    try:
        opened.store.write("booking", None, a_booking())
        hub.send = lambda _request: hub.sign(409, hub.refusal(code, wanted=1).to_bytes())  # type: ignore[method-assign]
        assert opened.rounds.run().code == "untrusted"
        assert opened.status().redraws == 0
    finally:
        opened.close()
