"""Calls for help and one-tap opinions, from a terminal to the shipped hub and back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk.app import count_opinion, tell_calls
from kiosk.calls import CALLS_PER_HOUR_MAX
from kiosk.models.frame import frame_view
from kiosk.show import VisitsHelp
from kiosk.visit import MENU, Visit, Wish
from kiosk.window.opening import Call
from sync.errors import InvalidInput, Refused
from sync.hub import help_calls, opinions, retention
from sync.hub import rows as hub_rows
from sync.records.satisfaction import ANSWERS, JOURNEYS
from sync.replica import rows
from sync.replica.tables import OPINIONS, OUTBOX
from tests.kiosk.test_actions import SITE, Hub, Kiosk, hub, kiosk
from tests.kiosk.window.test_windows import World

__all__ = ["hub", "kiosk"]
HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS


def open_calls(hub: Hub) -> list[help_calls.OpenCall]:
    with hub.database.read() as connection:
        return help_calls.list_open(connection, hub.time())


def answer(hub: Hub, what: str, who: str = "agent") -> None:
    (call,) = open_calls(hub)
    with hub.database.write() as connection:
        help_calls.answer(connection, hub.time(), call.id, what, who)


def test_a_call_reaches_the_hub_with_terminal_time_and_state_and_nothing_else(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    kiosk.actions.call_help()
    (call,) = open_calls(hub)
    assert (call.site_id, call.terminal_no, call.state, call.answered_at) == (SITE, 1, "ouvert", None)
    with hub.database.read() as connection:
        ((_, _, fields),) = hub_rows.read_all(connection, "help_call", SITE)
    assert fields.keys() == {"gone", "state", "terminal_no", "called_at", "answered_at"}
    kiosk.actions.end_help_call()
    assert open_calls(hub) == []


def test_a_named_person_makes_the_terminal_say_seen_then_coming(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    assert kiosk.actions.follow_call() is None
    kiosk.actions.call_help()
    assert frame_view(kiosk.actions).answer == ""
    answer(hub, "seen")
    kiosk.round()
    assert frame_view(kiosk.actions).answer == "seen"
    with pytest.raises(InvalidInput, match="déjà reçu"):
        answer(hub, "seen")
    hub.time.ms += 5 * 60 * 1000
    answer(hub, "coming")
    kiosk.round()
    view = frame_view(kiosk.actions)
    assert (view.answer, view.terminal_no) == ("coming", 1)
    assert view.answered("fr") == view.clock("fr") != "", "the hour of the site"
    kiosk.actions.end_help_call()
    assert frame_view(kiosk.actions).answer == ""


def test_a_call_is_answered_under_a_role_only_and_never_for_a_call_that_is_over(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    kiosk.actions.call_help()
    with pytest.raises(Refused):
        answer(hub, "coming", "nobody")
    (call,) = open_calls(hub)
    kiosk.actions.end_help_call()
    with hub.database.write() as connection, pytest.raises(InvalidInput, match="Aucun appel"):
        help_calls.answer(connection, hub.time(), call.id, "coming", "agent")


def test_while_somebody_waits_the_terminal_asks_the_hub_from_time_to_time(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    kiosk.actions.call_help()
    answer(hub, "seen")
    hub.time.ms += 11_000
    kiosk.actions.follow_call()
    found = kiosk.actions.follow_call()
    assert found is not None
    assert found.answer == "seen", "a round was asked for by itself"


def test_a_child_who_hammers_makes_no_storm(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    for _ in range(40):
        kiosk.actions.call_help()
        kiosk.actions.call_help()
        assert len(open_calls(hub)) <= 1
        kiosk.actions.end_help_call()
    with hub.database.read() as connection:
        made = hub_rows.read_all(connection, "help_call", SITE)
    assert len(made) == CALLS_PER_HOUR_MAX
    hub.time.ms += HOUR_MS
    kiosk.actions.call_help()
    assert len(open_calls(hub)) == 1


def test_the_end_of_a_visit_ends_its_call_and_a_new_start_ends_what_a_crash_left(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    visit = Visit()
    tell_calls(visit, kiosk.actions)
    visit.go(MENU)
    visit.call_help()
    assert len(open_calls(hub)) == 1
    visit.end()
    assert open_calls(hub) == []
    kiosk.actions.call_help()
    kiosk.terminal.close()
    kiosk.start()
    kiosk.actions.end_calls_of_before()
    kiosk.round()
    assert open_calls(hub) == []


def test_a_call_is_gone_within_the_hour_though_no_terminal_heard_of_it(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    kiosk.actions.call_help()
    hub.time.ms += HOUR_MS
    assert open_calls(hub) == []
    with hub.database.write() as connection:
        assert retention.run(connection, hub.time()).records["help_call"] == 1
    with hub.database.read() as connection:
        assert hub_rows.read_all(connection, "help_call", SITE) == []
    kiosk.round()
    assert kiosk.terminal.store.list("help_call") == []
    kiosk.actions.end_help_call()
    assert not kiosk.terminal.store.parked()


def test_another_terminal_can_neither_end_a_call_nor_say_that_somebody_comes(
    hub: Hub, kiosk: Kiosk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kiosk.round()
    kiosk.actions.call_help()
    (call,) = open_calls(hub)
    other = Kiosk(hub, tmp_path_factory.mktemp("other") / "terminal")
    other.round()
    other.terminal.store.write("help_call", call.id, {"state": "clos"})
    other.round()
    assert [one.code for one in other.terminal.store.parked()] == ["foreign_reference"]
    kiosk.terminal.store.write("help_call", call.id, {"state": "arrive"})
    kiosk.round()
    assert [one.code for one in kiosk.terminal.store.parked()] == ["forbidden_state"]
    assert [one.state for one in open_calls(hub)] == ["ouvert"]
    other.terminal.close()


# Opinions -----------------------------------------------------------------------------------------


def test_who_ends_a_visit_says_with_one_tap_how_it_was_and_only_counts_are_kept(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    time = {"now": 0.0}
    left: list[str] = []
    visit = Visit(
        now=lambda: time["now"], ask_s=10, on_end=lambda: left.append("left"),
        on_opinion=lambda journey, said: count_opinion(kiosk.actions, journey, said),
    )  # fmt: skip
    visit.go("/inscription")
    visit.speak("fr-simple")
    visit.drafts.put("registration", {"nom": "Awa"})
    visit.end()
    assert visit.over
    assert visit.drafts.get("registration") is None, "everything is erased before anything is asked"
    assert left == []
    visit.say_opinion("good")
    visit.say_opinion("poor")
    assert left == ["left"], "one tap, one answer"
    with kiosk.terminal.store._database.read() as connection:
        (row,) = connection.execute(select(OPINIONS)).mappings()
    assert dict(row) == {"day": "2026-11-21", "journey": "registration", "good": 1, "fair": 0, "poor": 0}
    assert waiting(kiosk) == 0, "no line of the outbox, whose stamp would say when"


def test_the_question_goes_by_itself_after_ten_seconds_and_is_never_put_to_an_empty_chair() -> None:
    time = {"now": 0.0}
    left: list[str] = []
    visit = Visit(now=lambda: time["now"], ask_s=10, on_end=lambda: left.append("left"))
    visit.go("/contrat")
    visit.end()
    for _ in range(10):
        assert left == []
        time["now"] += 1
        visit.tick()
    assert left == ["left"]
    silent = Visit(now=lambda: time["now"], ask_s=10, on_end=lambda: left.append("left"))
    silent.go("/contrat")
    time["now"] += 100
    silent.tick()
    assert (silent.over, len(left)) == (True, 2)
    nothing_begun = Visit(now=lambda: time["now"], ask_s=10, on_end=lambda: left.append("left"))
    nothing_begun.go(MENU)
    nothing_begun.end()
    assert len(left) == 3


def waiting(kiosk: Kiosk) -> int:
    with kiosk.terminal.store._database.read() as connection:
        found = connection.execute(select(OUTBOX.c.kind).where(OUTBOX.c.kind == "satisfaction")).all()
    return len(found)


def shown(hub: Hub, month: str = "2026-12") -> list[opinions.Opinions]:
    with hub.database.read() as connection:
        return opinions.list_opinions(connection, month)


def test_a_day_is_told_once_it_is_over_in_one_record_that_says_no_moment(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    for said in ("good", "poor", "good"):
        kiosk.actions.count_opinion("booking", said)
        hub.time.ms += 60_000
    kiosk.round()
    assert waiting(kiosk) == 0, "the day is not over"
    hub.time.ms += DAY_MS
    kiosk.round()
    with hub.database.read() as connection:
        ((_, record_id, fields),) = hub_rows.read_all(connection, "satisfaction", SITE)
    assert record_id == "avis-1-2026-11-21-booking"
    assert fields == {
        "gone": False, "terminal_no": 1, "day": "2026-11-21", "journey": "booking", "good": 2, "fair": 0, "poor": 1,
    }  # fmt: skip
    with kiosk.terminal.store._database.read() as connection:
        assert connection.execute(select(OPINIONS)).all() == [], "nothing is kept here"
        key = ("satisfaction", SITE, record_id)
        assert len(set(rows.read_stamps(connection, [key])[key].values())) == 1, "one stamp for the whole day"
    before = waiting(kiosk)
    kiosk.round()
    assert waiting(kiosk) <= before


def fill(hub: Hub, kiosk: Kiosk, journey: str, good: int, fair: int, poor: int) -> None:
    for said, count in zip(ANSWERS, (good, fair, poor), strict=True):
        for _ in range(count):
            kiosk.actions.count_opinion(journey, said)


def test_small_numbers_and_months_that_are_not_over_are_hidden(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    fill(hub, kiosk, "booking", 6, 5, 0)
    fill(hub, kiosk, "contract", 9, 1, 7)
    fill(hub, kiosk, "events", 2, 1, 1)
    hub.time.ms += DAY_MS
    kiosk.round()
    assert shown(hub, "2026-11") == [], "this month's sum would tell each tap"
    found = {one.journey: (one.total, one.good, one.fair, one.poor) for one in shown(hub)}
    assert found == {
        "booking": (11, 6, 5, 0), "contract": (17, None, None, None), "events": (None, None, None, None),
    }  # fmt: skip
    assert all(count is None or count == 0 or count >= 5 for counts in found.values() for count in counts)


def test_what_a_tap_may_say_is_a_short_list(kiosk: Kiosk) -> None:
    kiosk.round()
    for journey, said in (("booking", "angry"), ("the name of somebody", "good")):
        with pytest.raises(InvalidInput):
            kiosk.actions.count_opinion(journey, said)
    from kiosk.visit import JOURNEYS as OF_PLACES  # noqa: PLC0415

    assert set(OF_PLACES.values()) == set(JOURNEYS)


def test_counts_are_kept_a_little_more_than_a_year(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    kiosk.actions.count_opinion("other", "good")
    hub.time.ms += DAY_MS
    kiosk.round()
    hub.time.ms += timedelta(days=401) // timedelta(milliseconds=1)
    with hub.database.write() as connection:
        assert retention.run(connection, hub.time()).records == {"satisfaction": 1}
    assert json.dumps([one.month for one in shown(hub, "2029-01")]) == "[]"


def test_a_call_from_the_guided_window_is_the_same_record_and_its_answer_comes_back(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    world = World()
    visit, helping = world.visit(), VisitsHelp()
    helping.screen = world.screen
    tell_calls(visit, kiosk.actions)
    visit.open_window(Wish("inscription"))
    world.settle()
    helping.call_help(True)
    world.settle()
    (call,) = open_calls(hub)
    assert (call.terminal_no, call.state) == (1, "ouvert")
    answer(hub, "coming")
    kiosk.round()
    visit.show(frame_view(kiosk.actions))
    hour = frame_view(kiosk.actions).answered("fr")
    assert world.glasses[0].told == [Call(stands=True), Call(stands=True, answer="coming", hour=hour)]
    helping.call_help(False)
    world.settle()
    assert open_calls(hub) == []
