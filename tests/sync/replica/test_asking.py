"""What a terminal asks its hub for the person at the screen: a place at once. Whatever goes wrong, nothing is promised
twice, and a place that nobody waits for goes back under a number."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.errors import HubUnreachable, InvalidInput, UntrustedHub
from sync.questions import TakeReply
from sync.replica.hub_client import Impatient
from sync.replica.terminal import Terminal
from sync.wire import HubRequest, HubResponse, Operation
from tests.sync.replica.stand_in import MACHINE_SECRET, StandInHub, Time, an_event
from tests.sync.replica.test_grants import HOUR_MS, MINUTE_MS, a_slot, asked, book, booking, give


def publish(hub: StandInHub, terminal: Terminal, slot_id: str = "slot-1", hours: int = 48) -> None:
    """A slot that nobody has a grant of."""
    hub.put_values("slot", slot_id, {**a_slot(hub.now() + hours * HOUR_MS), "taken": 0}, counter=50)
    assert terminal.rounds.run().ok


def sent(hub: StandInHub, kind: str) -> list[Operation]:
    """Every operation of a kind that reached the hub, in order."""
    return [op for request in hub.received for op in request.operations if op.kind == kind]


def test_on_line_an_hour_that_is_not_in_stock_is_promised_at_once(terminal: Terminal, hub: StandInHub) -> None:
    publish(hub, terminal)
    held = terminal.take("slot-1", "a")
    assert held.guaranteed
    made = booking(terminal, book(terminal, held))
    assert (made.state, made.grant_id, made.spend_no) == ("guaranteed", hub.takes[0].id, 1)
    assert terminal.rounds.run().ok
    assert terminal.rounds.run().ok
    assert sent(hub, "grant") == [], "a place that was promised is not given back"
    assert terminal.status().digest_mismatches == 0


def test_an_hour_that_is_in_stock_is_asked_of_nobody(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    assert terminal.take("slot-1", "a").grant_id == "grant-1"
    assert hub.takes == []


def test_an_hour_too_near_for_the_stock_may_be_taken_and_booked_to_the_end_of_its_hold(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    publish(hub, terminal, hours=1)
    held = terminal.take("slot-1", "a")
    assert held.guaranteed
    local.ms += 4 * MINUTE_MS
    assert booking(terminal, book(terminal, held)).state == "guaranteed"


def test_off_line_an_hour_is_asked_for_and_nobody_waits_twice(terminal: Terminal, hub: StandInHub) -> None:
    publish(hub, terminal)
    hub.offline = True
    assert not terminal.take("slot-1", "a").guaranteed
    hub.offline = False
    assert not terminal.take("slot-1", "b").guaranteed, "until a round has met the hub again"
    assert hub.takes == []
    hub.now.ms += 1
    assert terminal.rounds.run().ok
    assert terminal.take("slot-1", "b").guaranteed


def test_before_the_first_round_nothing_is_asked(terminal: Terminal, hub: StandInHub) -> None:
    with pytest.raises(InvalidInput, match="plus proposée"):
        terminal.take("slot-1", "a")
    assert hub.takes == []


def test_a_place_whose_answer_was_lost_is_given_back_once_when_it_comes(terminal: Terminal, hub: StandInHub) -> None:
    publish(hub, terminal)
    hub.lose_answers = 1
    assert not terminal.take("slot-1", "a").guaranteed
    for _ in range(4):
        assert terminal.rounds.run().ok
    assert [(op.id, op.fields["state"].value) for op in sent(hub, "grant")] == [(hub.takes[0].id, "released")]
    assert terminal.store.guaranteed_slots() == frozenset()


@pytest.mark.parametrize("a_round_between", [False, True])
def test_whoever_asks_again_after_a_lost_answer_gets_the_same_place(
    terminal: Terminal, hub: StandInHub, home: Path, local: Time, a_round_between: bool
) -> None:
    publish(hub, terminal)
    hub.lose_answers = 1
    assert not terminal.take("slot-1", "a").guaranteed
    if a_round_between:
        assert terminal.rounds.run().ok
    again = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
    try:
        held = again.take("slot-1", "a")
        assert held.guaranteed
        assert {request.id for request in hub.takes} == {held.grant_id}
    finally:
        again.close()


def test_a_place_that_came_late_goes_back_before_the_same_hour_is_asked_for(
    terminal: Terminal, hub: StandInHub
) -> None:
    publish(hub, terminal)
    hub.lose_answers = 1
    held = terminal.take("slot-1", "a")
    assert terminal.rounds.run().ok  # brings the place while the person fills in the form
    record_id = terminal.store.new_id()
    assert terminal.store.book(held, "a", record_id, asked()) == "requested"  # type: ignore[arg-type]
    assert terminal.rounds.run().ok
    order = [op.kind for request in hub.received for op in request.operations]
    assert order == ["grant", "booking"]


class PowerCut(BaseException):
    """The lights go out."""


@pytest.mark.parametrize("after_the_hub", [False, True])
def test_a_power_cut_between_the_asking_and_its_answer_leaves_no_place_behind(
    terminal: Terminal, hub: StandInHub, home: Path, local: Time, after_the_hub: bool
) -> None:
    publish(hub, terminal)
    real_send = hub.send

    def cut(request: HubRequest) -> HubResponse:
        if after_the_hub:
            real_send(request)
        raise PowerCut

    hub.send = cut  # type: ignore[method-assign]
    with pytest.raises(PowerCut):
        terminal.take("slot-1", "a")
    hub.send = real_send  # type: ignore[method-assign]
    terminal.close()
    again = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
    try:
        again.store.drop_holds()
        for _ in range(4):
            assert again.rounds.run().ok
        given_back = [op.id for op in sent(hub, "grant")]
        assert given_back == ([hub.takes[0].id] if after_the_hub else [])
        assert again.take("slot-1", "b").guaranteed
    finally:
        again.close()


def test_the_hub_may_say_no(terminal: Terminal, hub: StandInHub) -> None:
    publish(hub, terminal)
    hub.says = lambda: TakeReply(now_ms=hub.now(), generation=hub.generation, given=False, because="slot_taken")
    assert not terminal.take("slot-1", "a").guaranteed
    assert terminal.take("slot-1", "b").guaranteed
    assert hub.takes[0].id != hub.takes[1].id


def test_an_answer_of_another_history_of_the_hub_promises_nothing(terminal: Terminal, hub: StandInHub) -> None:
    publish(hub, terminal)
    hub.generation = "generation-2"
    assert not terminal.take("slot-1", "a").guaranteed
    assert terminal.status().generation == "generation-1", "a round takes it"


def test_nothing_is_asked_while_the_clock_is_not_trusted(terminal: Terminal, hub: StandInHub, local: Time) -> None:
    publish(hub, terminal)
    local.ms -= 24 * HOUR_MS
    assert not terminal.take("slot-1", "a").guaranteed
    assert hub.takes == []


def test_a_round_that_was_faster_makes_the_question_be_asked_once_more(terminal: Terminal, hub: StandInHub) -> None:
    publish(hub, terminal)
    hub.counter += 1
    assert terminal.take("slot-1", "a").guaranteed
    hub.counter += 1000
    assert not terminal.take("slot-1", "b").guaranteed
    assert terminal.status().redraws == 0


def test_questions_that_overtake_a_round_are_no_sign_of_another_disk(terminal: Terminal, hub: StandInHub) -> None:
    publish(hub, terminal)
    real_send, left = hub.send, ["a", "b", "c"]

    def overtaken(request: HubRequest) -> HubResponse:
        if request.path == "/v2/round" and left:
            terminal.take("slot-1", left.pop())
        return real_send(request)

    hub.send = overtaken  # type: ignore[method-assign]
    assert terminal.rounds.run().ok
    assert left == []
    assert terminal.status().redraws == 0


def test_news_that_a_question_brings_during_a_check_is_no_difference(terminal: Terminal, hub: StandInHub) -> None:
    publish(hub, terminal)
    hub.put_values("event", "e-1", an_event())
    real_send, left = hub.send, ["a"]

    def overtaken(request: HubRequest) -> HubResponse:
        response = real_send(request)
        if request.path == "/v2/round" and left:
            terminal.take("slot-1", left.pop())
        return response

    hub.send = overtaken  # type: ignore[method-assign]
    assert terminal.rounds.run().ok
    assert left == []
    assert terminal.status().digest_mismatches == 0


# The seam that gives up ------------------------------------------------------------------------


class Slow:
    """A seam that answers when it is let go."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def send(self, request: HubRequest) -> HubResponse:
        self.released.wait(30)
        return HubResponse(200, b"late")


class Raising:
    """A seam that fails."""

    def __init__(self, make: Callable[[], BaseException]) -> None:
        self.make = make

    def send(self, request: HubRequest) -> HubResponse:
        raise self.make()


def test_a_seam_that_keeps_a_person_waiting_is_given_up() -> None:
    slow = Slow()
    question = Impatient(slow, 0.05)
    for _ in range(2):
        with pytest.raises(HubUnreachable):
            question.send(HubRequest("POST", "/v1/take"))
    slow.released.set()


def test_what_a_seam_raises_reaches_whoever_asked() -> None:
    for make in (lambda: UntrustedHub("non"), PowerCut):
        with pytest.raises((UntrustedHub, PowerCut)):
            Impatient(Raising(make), 30).send(HubRequest("POST", "/v1/take"))
