"""How many requests are confirmed in an hour, of a site and of a terminal; what is above comes in its turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import escrow
from sync.change import Value
from sync.hub import chosen, retention, todo, upkeep
from sync.hub.settings import HubSettings, RetentionTerms
from sync.wire import Operation
from tests.sync.hub.granted import check_places
from tests.sync.hub.stand import HOUR_MS, SITE, Signer, Stand, hub_in

OF_SITE, OF_TERMINAL = 3, 2
MINUTE_MS = 60_000


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        limit(stand)
        yield stand


def limit(hub: Stand, of_site: int = OF_SITE, of_terminal: int = OF_TERMINAL) -> None:
    """As ``hub serve`` does when it starts; nothing is given as a stock, so that there are requests only."""
    hub.exchange.settings = HubSettings(
        home=hub.home, grants_per_terminal=0, seats_per_terminal=0,
        requests_per_hour=of_site, requests_per_terminal=of_terminal,
    )  # fmt: skip
    with hub.database.write() as connection:
        chosen.keep(connection, hub.exchange.settings, RetentionTerms())


def ask(terminal: Signer, slot_id: str, **values: Value) -> str:
    operation = terminal.booking(slot_id, **values)
    terminal.round([operation])
    return operation.id


def states(hub: Stand, asked: list[str]) -> list[Value]:
    return [hub.read("booking", one)["state"] for one in asked]


def an_hour_later(hub: Stand) -> None:
    hub.clock.ms += HOUR_MS
    upkeep.keep_up(hub.database, hub.clock())


def test_terminals_have_their_turn_after_each_site_of_an_upkeep(hub: Stand) -> None:
    hub.add_site("site-a")
    hub.add_site("site-b")
    terminal, pushed = hub.enrol("site-b"), list[int]()

    def push() -> None:
        hub.database.busy_timeout_s = 0.2
        pushed.append(terminal.round([terminal.registration()]).applied_through)

    upkeep.keep_up(hub.database, hub.clock(), rest=push)
    with hub.database.read() as connection:
        assert pushed == [*range(1, len(retention.list_sites(connection)) + 1)]


def test_above_its_share_a_terminals_request_waits_and_says_why(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(capacity=9), hub.enrol()
    asked = [ask(terminal, slot_id) for _ in range(4)]
    assert states(hub, asked) == ["confirmed", "confirmed", "requested", "requested"]
    waiting = hub.read("booking", asked[2])
    assert (waiting["declined_because"], waiting["answered_at"]) == ("too_many_requests", None)
    assert hub.read("slot", slot_id)["taken"] == 2
    check_places(hub)
    an_hour_later(hub)
    assert states(hub, asked) == ["confirmed"] * 4
    answered = hub.read("booking", asked[3])
    assert (answered["declined_because"], answered["answered_at"]) == (None, "2026-11-21T09:33:20Z")
    check_places(hub)


def test_the_share_of_a_site_is_that_of_all_its_terminals(hub: Stand) -> None:
    slot_id, one, other = hub.add_slot(capacity=9), hub.enrol(), hub.enrol()
    asked = [ask(terminal, slot_id) for terminal in (one, one, other, other)]
    assert states(hub, asked) == ["confirmed", "confirmed", "confirmed", "requested"]
    elsewhere = "site-brest"
    hub.add_site(elsewhere)
    third, far = hub.enrol(elsewhere), hub.add_slot(site_id=elsewhere)
    operation = third.booking(far)
    third.round([operation])
    assert hub.read("booking", operation.id, elsewhere)["state"] == "confirmed", "each site has its own"


def test_many_in_one_push_are_held_to_the_same_share(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(capacity=9), hub.enrol()
    operations = [terminal.booking(slot_id) for _ in range(7)]
    terminal.round(operations)
    for confirmed in (2, 4, 6, 7):
        found = states(hub, [one.id for one in operations])
        assert found == ["confirmed"] * confirmed + ["requested"] * (7 - confirmed), "the first come first"
        an_hour_later(hub)


def test_whoever_asks_later_does_not_overtake_those_who_wait(hub: Stand) -> None:
    last_place, terminal = hub.add_slot(capacity=3), hub.enrol()
    asked = [ask(terminal, last_place) for _ in range(3)]
    hub.clock.ms += 2 * HOUR_MS  # the hub was off: nobody was answered
    latest = ask(terminal, last_place)
    assert states(hub, [asked[2], latest]) == ["requested", "requested"]
    an_hour_later(hub)
    assert states(hub, [asked[2], latest]) == ["confirmed", "declined"]
    assert hub.read("booking", latest)["declined_because"] == "slot_taken"


def test_a_terminal_that_had_its_share_holds_up_nobody_else(hub: Stand) -> None:
    slot_id, crowded, quiet = hub.add_slot(capacity=9), hub.enrol(), hub.enrol()
    flood = [ask(crowded, slot_id) for _ in range(5)]
    assert states(hub, flood) == ["confirmed"] * 2 + ["requested"] * 3
    assert states(hub, [ask(quiet, slot_id)]) == ["confirmed"]


def test_a_clock_that_is_slow_gives_no_place_in_the_line(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(capacity=3), hub.enrol()
    first = [ask(terminal, slot_id) for _ in range(3)]
    old = ask(terminal, slot_id, created_at="2026-01-01T00:00:00Z")
    an_hour_later(hub)
    assert states(hub, [first[2], old]) == ["confirmed", "declined"]


def test_a_full_slot_is_answered_at_once_and_a_move_is_never_held(hub: Stand) -> None:
    slot_id, other, full = hub.add_slot(capacity=9), hub.add_slot(in_hours=50), hub.add_slot(in_hours=52)
    terminal, neighbour = hub.enrol(), hub.enrol()
    assert states(hub, [ask(neighbour, full)]) == ["confirmed"]
    asked = [ask(terminal, slot_id) for _ in range(3)]
    assert states(hub, asked) == ["confirmed", "confirmed", "requested"]
    assert states(hub, [ask(terminal, full)]) == ["alternatives"]
    moved = ask(terminal, other, moved_from=asked[0])
    assert states(hub, [moved, asked[0]]) == ["confirmed", "moved"]
    check_places(hub)


def test_one_that_is_cancelled_counts_no_more_and_one_that_waits_may_be_cancelled(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(capacity=9), hub.enrol()
    asked = [ask(terminal, slot_id) for _ in range(3)]
    terminal.round([terminal.operation("booking", one, {"state": "cancelled"}) for one in (asked[0], asked[2])])
    assert states(hub, asked) == ["cancelled", "confirmed", "cancelled"]
    assert states(hub, [ask(terminal, slot_id)]) == ["confirmed"]
    check_places(hub)


def test_one_that_waits_is_on_the_desks_list_when_its_hour_is_near(hub: Stand) -> None:
    near, far, terminal = hub.add_slot(in_hours=30, capacity=9), hub.add_slot(in_hours=100, capacity=9), hub.enrol()
    asked = [ask(terminal, slot_id) for slot_id in (near, near, near, far)]
    with hub.database.read() as connection:
        [item] = todo.list_todo(connection, hub.clock())
    assert (item.kind, item.records, item.urgent) == ("waiting", (asked[2],), True)
    assert "dans l’ordre" in item.happened


def test_the_shares_are_those_the_hub_serves_with_and_sensible_before_it_ever_served(tmp_path: Path) -> None:
    with hub_in(tmp_path / "hub") as hub, hub.database.write() as connection:
        assert chosen.requests_an_hour(connection) == (2 * escrow.TAKES_PER_HOUR, 12)
        chosen.keep(connection, HubSettings(home=hub.home, requests_per_hour=5), RetentionTerms(booking_days=9))
        assert chosen.requests_an_hour(connection) == (5, 12)
        assert chosen.retention_terms(connection) == RetentionTerms(booking_days=9)


Arrivals = list[tuple[int, int]]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50)), min_size=1, max_size=24))
def test_whatever_the_arrivals_no_hour_is_overdrawn_and_everybody_is_answered_in_turn(arrivals: Arrivals) -> None:
    """Each arrival: the terminal that asks, and the minutes since the one before. Upkeep comes every hour."""
    with TemporaryDirectory() as folder, hub_in(Path(folder) / "hub") as hub:
        limit(hub)
        terminals, slot_id = [hub.enrol() for _ in range(3)], hub.add_slot(in_hours=400, capacity=99)
        asked: list[tuple[int, Operation]] = []
        next_ms = hub.clock.ms + HOUR_MS
        for which, minutes in arrivals:
            if hub.clock.ms + minutes * MINUTE_MS >= next_ms:
                hub.clock.ms = next_ms
                upkeep.keep_up(hub.database, hub.clock())
                next_ms += HOUR_MS
            else:
                hub.clock.ms += minutes * MINUTE_MS
            asked.append((which, terminals[which].booking(slot_id)))
            terminals[which].round([asked[-1][1]])
        hub.clock.ms = next_ms
        upkeep.keep_up(hub.database, hub.clock())
        for _ in range(-(-len(arrivals) // OF_TERMINAL)):
            an_hour_later(hub)
        answered = [(which, str(hub.read("booking", one.id)["answered_at"])) for which, one in asked]
        assert states(hub, [one.id for _, one in asked]) == ["confirmed"] * len(asked)
        for _, at in answered:
            within = [which for which, other in answered if escrow.shift(at, -escrow.TAKES_SPAN) < other <= at]
            assert len(within) <= OF_SITE
            assert max(within.count(which) for which in range(3)) <= OF_TERMINAL
        for which in range(3):
            mine = [at for one, at in answered if one == which]
            assert mine == sorted(mine), "of one terminal, who came first is answered first"
        check_places(hub)
        assert hub.read("slot", slot_id, SITE)["taken"] == len(asked)
