"""A place at once, on line: given once, harmless to ask for again, within limits, and never in a busy booth."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import escrow
from sync.change import Value, new_id
from sync.hub import feed, grants, rows
from sync.hub.settings import HubSettings
from sync.questions import TakeReply, TakeRequest
from sync.wire import HubRequest, HubResponse
from tests.sync.hub.granted import check_places, grants_of, promise, state_of
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, asked, hub_in, statements_of

MINUTE_MS = 60_000


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def drawn(hub: Stand) -> str:
    return new_id(hub.clock(), hub.random(10))


def signed(terminal: Signer, slot_id: str, grant_id: str, **changed: str) -> HubRequest:
    body = {
        "terminal_id": terminal.terminal_id,
        "incarnation": terminal.incarnation,
        "id": grant_id,
        "slot_id": slot_id,
        **changed,
    }
    return terminal.signed(TakeRequest.from_values(body).to_bytes(), path="/v1/take")


def take(terminal: Signer, slot_id: str, grant_id: str | None = None, **changed: str) -> TakeReply:
    request = signed(terminal, slot_id, grant_id or drawn(terminal.hub), **changed)
    return terminal.hub.genuine(terminal.hub.exchange.answer(request), TakeReply, asked(request))


def said(reply: TakeReply, kind: str) -> dict[str, Value]:
    [entry] = [entry for entry in reply.entries if entry.kind == kind]
    return {name: held.value for name, held in entry.fields.items()}


def refused(reply: TakeReply) -> str | None:
    assert not reply.given
    assert [entry.kind for entry in reply.entries] in ([], ["slot"]), "nobody is given a grant with a no"
    return reply.because


def release(terminal: Signer, grant_id: str) -> None:
    terminal.round([terminal.operation("grant", grant_id, {"state": "released"})])


# ------------------------------------------------------------------ giving
def test_a_free_place_is_given_whole_and_counted_at_once(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    grant_id = drawn(hub)
    reply = take(terminal, slot_id, grant_id)
    assert (reply.given, reply.because) == (True, None)
    grant = said(reply, "grant")
    assert grant == hub.read("grant", grant_id)
    assert (grant["state"], grant["slot_id"], grant["number"]) == ("active", slot_id, 1)
    assert (grant["terminal_no"], grant["incarnation"]) == (terminal.certificate.terminal_no, terminal.incarnation)
    assert said(reply, "slot") == hub.read("slot", slot_id)
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


def test_what_the_reply_says_bears_the_stamps_that_the_feed_tells_later(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    reply = take(terminal, slot_id)
    told = [entry for entry in terminal.round().entries if entry.kind in {"slot", "grant"}]
    assert len(told) == 3, "the slot, the grant, and the slot's new count"
    for entry in reply.entries:
        newest = [one.fields for one in told if one.id == entry.id]
        assert entry.fields == {name: held for fields in newest for name, held in fields.items()}


def test_a_promise_on_a_place_that_was_taken_is_kept_like_any_other(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    grant_id = drawn(hub)
    take(terminal, slot_id, grant_id)
    booking = promise(terminal, grant_id, slot_id)
    [receipt] = terminal.round([booking]).receipts
    assert (receipt.outcome, state_of(hub, booking)) == ("applied", ("guaranteed", None))
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


def test_the_numbers_of_a_terminal_run_over_what_it_was_given_and_what_it_took(hub: Stand) -> None:
    for at in range(4):
        hub.add_slot(in_hours=30 + at)
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    terminal.round()
    take(terminal, slot_id)
    numbers = [values["number"] for values in grants_of(hub, terminal).values()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 1


# ------------------------------------------------------------ asking again
def test_asking_again_gives_the_same_place_once(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1, capacity=4), hub.enrol()
    grant_id = drawn(hub)
    first, told = take(terminal, slot_id, grant_id), hub.feed_of()
    for _ in range(2):
        again = take(terminal, slot_id, grant_id)
        assert again.given
        assert {one.id: one.fields for one in again.entries} == {one.id: one.fields for one in first.entries}
    assert hub.feed_of() == told, "nothing was written a second time"
    assert len(grants_of(hub)) == 1


def test_asking_again_is_answered_yes_whatever_the_limits_say_now(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    grant_id = drawn(hub)
    take(terminal, slot_id, grant_id)
    hub.exchange.settings = HubSettings(home=hub.home, takes_per_hour=0)
    hub.clock.ms += 59 * MINUTE_MS
    assert take(terminal, slot_id, grant_id).given


def test_an_id_of_another_terminal_another_slot_or_another_disk_gives_nothing(hub: Stand) -> None:
    slot_id, other_slot = hub.add_slot(in_hours=1, capacity=2), hub.add_slot(in_hours=3)
    terminal, other = hub.enrol(), hub.enrol()
    grant_id = drawn(hub)
    take(terminal, slot_id, grant_id)
    assert refused(take(other, slot_id, grant_id)) == "foreign_grant"
    assert refused(take(terminal, other_slot, grant_id)) == "foreign_grant"
    assert refused(take(terminal, slot_id, grant_id, incarnation=drawn(hub))) == "foreign_grant"
    assert len(grants_of(hub)) == 1


@pytest.mark.parametrize("how", ["released", "written off"])
def test_a_place_that_went_back_is_not_given_again_under_its_old_id(hub: Stand, how: str) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    grant_id = drawn(hub)
    take(terminal, slot_id, grant_id)
    if how == "released":
        release(terminal, grant_id)
    else:
        with hub.database.write() as connection:
            grants.write_off(connection, hub.clock(), SITE, grant_id, ADMIN)
    assert refused(take(terminal, slot_id, grant_id)) == "grant_over"
    assert take(terminal, slot_id).given, "under a new id the place is free"
    check_places(hub)


# ------------------------------------------------------- an answer was lost
def test_the_asking_of_a_visit_waits_for_the_place_whose_answer_was_lost(hub: Stand) -> None:
    slot_id, instead, terminal = hub.add_slot(in_hours=3), hub.add_slot(in_hours=4), hub.enrol()
    grant_id = drawn(hub)
    take(terminal, slot_id, grant_id)  # the terminal never hears of it, and says « demandé »
    wanted = terminal.booking(slot_id, wishes=[instead])
    [receipt] = terminal.round([wanted]).receipts
    assert (receipt.outcome, state_of(hub, wanted)) == ("applied", ("requested", None))
    release(terminal, grant_id)
    assert state_of(hub, wanted) == ("confirmed", None)
    assert hub.read("booking", wanted.id)["slot_id"] == slot_id
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


def test_who_waits_for_that_place_as_a_second_choice_is_answered_as_soon_as_it_comes_back(hub: Stand) -> None:
    first, second, terminal, other = hub.add_slot(in_hours=3), hub.add_slot(in_hours=4), hub.enrol(), hub.enrol()
    other.round([other.booking(first)])
    grant_id = drawn(hub)
    take(terminal, second, grant_id)
    wanted = terminal.booking(first, wishes=[second])
    terminal.round([wanted])
    assert state_of(hub, wanted) == ("requested", None)
    release(terminal, grant_id)
    assert state_of(hub, wanted) == ("confirmed", None)
    assert hub.read("booking", wanted.id)["slot_id"] == second
    check_places(hub)


def test_who_waits_for_a_place_of_a_disk_that_was_put_back_since_is_answered(hub: Stand) -> None:
    """What a former incarnation holds only a named person gives back: it may be on a slip."""
    slot_id, terminal = hub.add_slot(in_hours=3), hub.enrol()
    take(terminal, slot_id, drawn(hub))
    wanted = terminal.booking(slot_id)
    terminal.round([wanted])
    assert state_of(hub, wanted) == ("requested", None)
    terminal.incarnation, terminal.seq, terminal.checkpoints = drawn(hub), 0, {}
    terminal.round()
    assert state_of(hub, wanted) == ("declined", "slot_taken")
    check_places(hub)


def test_when_that_place_goes_to_the_next_visitor_the_one_who_waits_is_answered(hub: Stand) -> None:
    slot_id, instead, terminal = hub.add_slot(in_hours=3), hub.add_slot(in_hours=4), hub.enrol()
    grant_id = drawn(hub)
    take(terminal, slot_id, grant_id)
    wanted = terminal.booking(slot_id)
    hub.clock.ms += 1000  # who asked first is answered first
    other = terminal.booking(slot_id, wishes=[instead])
    terminal.round([wanted, other])
    terminal.round([promise(terminal, grant_id, slot_id)])
    assert (state_of(hub, wanted), state_of(hub, other)) == (("alternatives", "slot_taken"), ("confirmed", None))
    check_places(hub)


def test_a_write_off_answers_who_waited_too(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=3), hub.enrol()
    grant_id = drawn(hub)
    take(terminal, slot_id, grant_id)
    terminal.round([wanted := terminal.booking(slot_id)])
    with hub.database.write() as connection:
        grants.write_off(connection, hub.clock(), SITE, grant_id, ADMIN)
    assert state_of(hub, wanted) == ("confirmed", None)
    check_places(hub)


def test_a_move_that_waited_frees_what_it_replaces(hub: Stand) -> None:
    former, slot_id, terminal = hub.add_slot(in_hours=2.5), hub.add_slot(in_hours=3.5), hub.enrol()
    grant_id = drawn(hub)
    terminal.round([kept := terminal.booking(former)])
    take(terminal, slot_id, grant_id)
    terminal.round([wanted := terminal.booking(slot_id, moved_from=kept.id)])
    assert [state_of(hub, one)[0] for one in (kept, wanted)] == ["confirmed", "requested"]
    release(terminal, grant_id)
    assert [state_of(hub, one)[0] for one in (kept, wanted)] == ["moved", "confirmed"]
    assert [hub.read("slot", one)["taken"] for one in (former, slot_id)] == [0, 1]
    check_places(hub)


def test_nobody_waits_for_the_place_of_another_terminal_nor_for_the_stock(hub: Stand) -> None:
    slot_id, terminal, other = hub.add_slot(in_hours=3), hub.enrol(), hub.enrol()
    take(terminal, slot_id)
    other.round([wanted := other.booking(slot_id)])
    assert state_of(hub, wanted) == ("declined", "slot_taken")
    stocked = [hub.add_slot(in_hours=30 + at) for at in range(4)]
    terminal.round()
    of_stock = next(one for one in grants_of(hub, terminal).values() if one["slot_id"] in stocked)
    terminal.round([asked_for := terminal.booking(str(of_stock["slot_id"]))])
    assert state_of(hub, asked_for)[0] == "alternatives"


# ----------------------------------------------------------------- refusing
def test_a_terminal_that_is_no_borne_is_offered_nothing(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=1)
    desk = hub.enrol(code=hub.invite(functions=("accueil", "affichage")))
    assert refused(take(desk, slot_id)) == "not_offered"
    assert hub.read("slot", slot_id)["taken"] == 0


def test_nothing_is_given_while_a_terminal_of_the_site_may_know_better(hub: Stand) -> None:
    slot_id, terminal, other = hub.add_slot(in_hours=1), hub.enrol(), hub.enrol()
    for one in (terminal, other):
        one.round()
    with hub.database.write() as connection:
        feed.renew_generation(connection, hub.clock(), hub.random)
    terminal.round()
    terminal.round()
    assert refused(take(terminal, slot_id)) == "site_frozen"
    other.round()
    other.round()
    assert take(terminal, slot_id).given


def test_a_slot_of_another_site_or_of_nowhere_is_unknown(hub: Stand) -> None:
    hub.add_site("site-autre")
    elsewhere, terminal = hub.add_slot(site_id="site-autre", in_hours=1), hub.enrol()
    assert refused(take(terminal, elsewhere)) == "slot_unknown"
    reply = take(terminal, drawn(hub))
    assert (refused(reply), reply.entries) == ("slot_unknown", [])


def test_a_withdrawn_slot_is_told_as_it_stands(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "slot", SITE, slot_id, {"state": "withdrawn"})
    reply = take(terminal, slot_id)
    assert refused(reply) == "slot_withdrawn"
    assert said(reply, "slot")["state"] == "withdrawn"


def test_whoever_receives_has_ten_minutes_to_see_the_booking(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    hub.clock.ms += HOUR_MS - 10 * MINUTE_MS
    assert refused(take(terminal, slot_id)) == "slot_past"
    hub.clock.ms -= 1000
    assert take(terminal, slot_id).given


def test_the_last_place_is_given_once_and_the_loser_sees_the_slot_as_full(hub: Stand) -> None:
    slot_id, terminal, other = hub.add_slot(in_hours=1), hub.enrol(), hub.enrol()
    assert take(terminal, slot_id).given
    reply = take(other, slot_id)
    assert refused(reply) == "slot_taken"
    assert said(reply, "slot")["taken"] == 1


@pytest.mark.parametrize(("begins", "because"), [(1.5, "booth_busy"), (1.583, "booth_busy"), (1.5834, None)])
def test_five_minutes_of_cleaning_lie_between_two_people_in_one_booth(
    hub: Stand, begins: float, because: str | None
) -> None:
    first, terminal = hub.add_slot(in_hours=1, booth="Bleue"), hub.enrol()  # half an hour
    after, elsewhere = hub.add_slot(in_hours=begins, booth="Bleue"), hub.add_slot(in_hours=begins, booth="Verte")
    assert take(terminal, first).given
    assert take(terminal, after).because == because
    assert take(terminal, elsewhere).given, "another booth is free"


# ------------------------------------------------------------------- limits
def test_a_site_takes_so_many_places_in_an_hour_and_no_more(hub: Stand) -> None:
    slot_id, one, other = hub.add_slot(in_hours=5, capacity=30), hub.enrol(), hub.enrol()
    for at in range(12):
        terminal = (one, other)[at % 2]
        grant_id = drawn(hub)
        assert take(terminal, slot_id, grant_id).given
        terminal.round([promise(terminal, grant_id, slot_id)])
        hub.clock.ms += MINUTE_MS
    assert refused(take(one, slot_id)) == "too_many_takes"
    hub.clock.ms += HOUR_MS - 12 * MINUTE_MS
    assert take(other, slot_id).given, "the first is more than an hour old"
    assert refused(take(one, slot_id)) == "too_many_takes"


def test_the_limit_of_one_site_is_not_that_of_another(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, takes_per_hour=1)
    hub.add_site("site-autre")
    here, there = hub.add_slot(in_hours=1, capacity=4), hub.add_slot(site_id="site-autre", in_hours=1)
    terminal, elsewhere = hub.enrol(), hub.enrol("site-autre")
    assert take(terminal, here).given
    assert refused(take(terminal, here)) == "too_many_takes"
    assert take(elsewhere, there).given


def test_a_place_that_was_given_back_counts_no_more(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, takes_per_hour=1)
    slot_id, terminal = hub.add_slot(in_hours=1, capacity=4), hub.enrol()
    for _ in range(3):
        grant_id = drawn(hub)
        assert take(terminal, slot_id, grant_id).given
        assert refused(take(terminal, slot_id)) == "too_many_takes"
        release(terminal, grant_id)


def test_a_setting_of_nothing_lets_nobody_take(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, takes_per_hour=0)
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    assert refused(take(terminal, slot_id)) == "too_many_takes"


def test_a_terminal_that_promises_nothing_of_what_it_takes_is_stopped(hub: Stand) -> None:
    slot_id, terminal, other = hub.add_slot(in_hours=50, capacity=30), hub.enrol(), hub.enrol()
    held = [drawn(hub) for _ in range(6)]
    for grant_id in held:
        assert take(terminal, slot_id, grant_id).given
    hub.clock.ms += 2 * HOUR_MS
    assert refused(take(terminal, slot_id)) == "too_many_held"
    assert take(other, slot_id).given, "each terminal for itself"
    terminal.round([promise(terminal, held[0], slot_id)])
    assert take(terminal, slot_id).given, "what was promised is held no more"
    assert refused(take(terminal, slot_id)) == "too_many_held"
    release(terminal, held[1])
    assert take(terminal, slot_id).given


def test_what_another_disk_of_the_terminal_held_does_not_stop_the_one_that_runs(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=50, capacity=30), hub.enrol()
    for _ in range(6):
        assert take(terminal, slot_id).given
    assert refused(take(terminal, slot_id)) == "too_many_held"
    assert take(terminal, slot_id, incarnation=drawn(hub)).given


def test_places_of_the_past_are_held_by_nobody(hub: Stand) -> None:
    soon, later, terminal = hub.add_slot(in_hours=1, capacity=6), hub.add_slot(in_hours=50, capacity=30), hub.enrol()
    for _ in range(6):
        assert take(terminal, soon).given
    assert refused(take(terminal, later)) == "too_many_held"
    hub.clock.ms += HOUR_MS
    assert take(terminal, later).given


def test_a_grant_of_the_stock_is_no_place_that_was_taken(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, takes_per_hour=1)
    for at in range(14):
        hub.add_slot(in_hours=30 + at)
    soon, terminal = hub.add_slot(in_hours=1), hub.enrol()
    terminal.round()
    assert len(grants_of(hub, terminal)) == 6
    assert take(terminal, soon).given


# ---------------------------------------------------------------- the call
def test_only_an_enrolled_terminal_that_signed_is_given_anything(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1), hub.enrol()
    request = signed(terminal, slot_id, drawn(hub))
    altered = HubRequest(request.method, request.path, request.body + b" ", request.headers)
    assert hub.refusal(hub.exchange.answer(altered), asked(altered)).code == "bad_signature"
    foreign = signed(terminal, slot_id, drawn(hub), terminal_id="t-other")
    assert hub.refusal(hub.exchange.answer(foreign), asked(foreign)).code == "malformed"
    assert grants_of(hub) == {}


def test_the_same_bytes_are_answered_once(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=1, capacity=4), hub.enrol()
    request = signed(terminal, slot_id, drawn(hub))
    assert hub.genuine(hub.exchange.answer(request), TakeReply, asked(request)).given
    assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "replayed"


def test_a_take_costs_the_same_few_statements_whatever_the_site_holds(hub: Stand) -> None:
    def cost() -> int:
        slot_id, terminal = hub.add_slot(in_hours=5, capacity=30), hub.enrol()
        take(terminal, slot_id)
        return len(statements_of(hub, lambda: take(terminal, slot_id)))

    alone = cost()
    for at in range(20):
        slot_id, terminal = hub.add_slot(in_hours=5 + at, capacity=30), hub.enrol()
        terminal.round([terminal.booking(slot_id) for _ in range(3)])
    assert cost() <= alone
    assert alone <= 40


def test_two_terminals_at_once_for_the_last_places_get_one_each_and_no_more(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=5, capacity=2)
    apart = [hub.add_slot(in_hours=9, booth="Bleue"), hub.add_slot(in_hours=9.25, booth="Bleue")]
    # One request a terminal: of two, the older counter would be refused when it comes second, and nothing be given.
    requests = [signed(hub.enrol(), slot_id, drawn(hub)) for _ in range(4)]
    requests += [signed(hub.enrol(), apart[at % 2], drawn(hub)) for at in range(3)]
    answers: dict[int, HubResponse] = {}
    start = threading.Barrier(len(requests))

    def send(at: int) -> None:
        start.wait()
        answers[at] = hub.exchange.answer(requests[at])

    threads = [threading.Thread(target=send, args=(at,)) for at in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given_here = [one for one in grants_of(hub).values() if one["slot_id"] == slot_id]
    in_the_booth = [one for one in grants_of(hub).values() if one["slot_id"] in apart]
    said_yes = [
        at for at, answer in answers.items() if answer.status == 200 and _reply(hub, answer, requests[at]).given
    ]
    assert (len(given_here), len(in_the_booth)) == (2, 1)
    assert len(said_yes) == 3
    check_places(hub)


def _reply(hub: Stand, answer: HubResponse, request: HubRequest) -> TakeReply:
    return hub.genuine(answer, TakeReply, asked(request))


@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 1), st.integers(0, 4), st.sampled_from(["take", "ask", "promise", "release", "round"])
        ),
        max_size=16,
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_taken_no_booth_has_two_people_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, str]]
) -> None:
    with hub_in(tmp_path_factory.mktemp("hub") / "hub") as hub:
        slots = [hub.add_slot(in_hours=30 + at / 4, booth="Bleue", capacity=1 + at % 2) for at in range(5)]
        terminals = [hub.enrol(), hub.enrol()]
        spent: set[str] = set()
        for at, which, step in steps:
            terminal = terminals[at]
            free = [one for one in grants_of(hub, terminal) if one not in spent]
            if step == "take":
                take(terminal, slots[which])
            elif step == "ask":
                terminal.round([terminal.booking(slots[which])])
            elif step == "promise" and free:
                spent.add(free[0])
                slot_id = str(hub.read("grant", free[0])["slot_id"])
                terminal.round([promise(terminal, free[0], slot_id)])
            elif step == "release" and free:
                release(terminal, free[0])
            elif step == "round":
                terminal.round()
            check_places(hub)
            busy = [values for one in slots if (values := hub.read("slot", one))["taken"]]
            assert not any(escrow.touches(a, b) for a in busy for b in busy if a is not b)
