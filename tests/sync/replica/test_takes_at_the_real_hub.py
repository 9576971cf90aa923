"""A place taken on line from the shipped hub: given once, booked, moved to, given back by number, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.clock import utc_text
from sync.errors import HubUnreachable
from sync.replica.terminal import Terminal
from sync.wire import HubRequest, HubResponse
from tests.sync.replica.stand_in import MACHINE_SECRET, Time
from tests.sync.replica.test_grants import HOUR_MS, asked, book, booking
from tests.sync.replica.test_the_real_hub import RealHub, a_terminal


def a_free_slot(real: RealHub, slot_id: str, hours: int, **more: object) -> None:
    begins = real.now() + hours * HOUR_MS
    real.write("slot", slot_id, {
        "external_ref": slot_id, "reason": "suivi", "starts_at": utc_text(begins),
        "ends_at": utc_text(begins + HOUR_MS // 2), **more,
    })  # fmt: skip


class Site:
    """The shipped hub with two hours that no stock holds, for they are too near, and two terminals."""

    def __init__(self, folder: Path) -> None:
        self.hub = RealHub(folder / "hub")
        a_free_slot(self.hub, "slot-1", 5)
        a_free_slot(self.hub, "slot-2", 7)
        self.first, self.second = a_terminal(self.hub, folder / "a"), a_terminal(self.hub, folder / "b")
        self.rounds()

    def rounds(self, *terminals: Terminal) -> None:
        for terminal in terminals or (self.first, self.second):
            self.hub.now.ms += 1000
            report = terminal.rounds.run()
            assert report.ok, report.message

    def taken(self, slot_id: str) -> object:
        return self.first.store.get("slot", slot_id).values()["taken"]  # type: ignore[union-attr]

    def close(self) -> None:
        self.first.close()
        self.second.close()
        self.hub.database.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    found = Site(tmp_path)
    yield found
    found.close()


class LosesAnswers:
    """A line that carries every question and loses the answers."""

    def __init__(self, hub: RealHub) -> None:
        self.hub = hub

    def send(self, request: HubRequest) -> HubResponse:
        self.hub.send(request)
        raise HubUnreachable("Le hub ne répond pas.")


def agreed(site: Site) -> None:
    for terminal in (site.first, site.second):
        status = terminal.status()
        assert (status.waiting, status.parked, status.digest_mismatches) == (0, 0, 0)


def test_what_one_terminal_takes_no_other_gets(site: Site) -> None:
    held = site.first.take("slot-1", "a")
    assert held.guaranteed
    assert not site.second.take("slot-1", "b").guaranteed
    record_id = book(site.first, held)
    site.rounds()
    site.rounds()
    assert booking(site.second, record_id).state == "guaranteed"
    assert site.taken("slot-1") == 1
    agreed(site)


def test_a_visit_that_ends_without_booking_leaves_the_place_to_others(site: Site) -> None:
    assert site.first.take("slot-1", "a").guaranteed
    site.first.store.drop_holds("a")
    site.rounds(site.first)
    assert site.second.take("slot-1", "b").guaranteed
    site.rounds()
    site.rounds()
    agreed(site)


def test_a_lost_answer_leaves_no_place_behind(site: Site) -> None:
    site.first._asking._client = LosesAnswers(site.hub)
    assert not site.first.take("slot-1", "a").guaranteed
    site.rounds(site.first)
    site.rounds(site.first)
    site.rounds()
    assert site.taken("slot-1") == 0
    assert site.second.take("slot-1", "b").guaranteed
    agreed(site)


def with_its_own_clock(site: Site, home: Path) -> Time:
    """The first terminal's machine shows as much too much as this says, in milliseconds."""
    ahead = Time(0)
    site.first.close()
    site.first = Terminal.open(
        home, MACHINE_SECRET, client=site.hub, now_ms=lambda: site.hub.now() + ahead(), monotonic_ms=site.hub.now
    )
    return ahead


def test_a_clock_that_stays_wrong_leaves_no_place_behind(site: Site, tmp_path: Path) -> None:
    ahead = with_its_own_clock(site, tmp_path / "a")
    site.first._asking._client = LosesAnswers(site.hub)
    assert not site.first.take("slot-1", "a").guaranteed
    ahead.ms = 3 * HOUR_MS
    for _ in range(3):
        site.rounds()
        assert not site.first.status().clock_trusted
    assert site.taken("slot-1") == 0
    assert site.second.take("slot-1", "b").guaranteed
    agreed(site)


def test_a_clock_that_stays_wrong_takes_no_place_from_the_visit_that_holds_it(site: Site, tmp_path: Path) -> None:
    ahead = with_its_own_clock(site, tmp_path / "a")
    assert site.first.take("slot-1", "a").guaranteed
    ahead.ms = 3 * HOUR_MS
    site.rounds()
    site.rounds()
    assert (site.first.status().clock_trusted, site.taken("slot-1")) == (False, 1)
    site.first.store.drop_holds("a")
    site.rounds()
    site.rounds()
    assert site.taken("slot-1") == 0
    agreed(site)


def test_whoever_asks_for_the_hour_whose_answer_was_lost_gets_it(site: Site) -> None:
    site.first._asking._client = LosesAnswers(site.hub)
    held, store = site.first.take("slot-1", "a"), site.first.store
    site.rounds(site.first)  # brings the place while the form is filled in
    record_id = store.new_id()
    assert store.book(held, "a", record_id, asked("slot-1")) == "requested"  # type: ignore[arg-type]
    site.rounds()
    site.rounds()
    assert booking(site.second, record_id).state == "confirmed"
    agreed(site)


def test_an_hour_is_moved_to_a_place_taken_on_line(site: Site) -> None:
    old = book(site.first, site.first.take("slot-1", "a"))
    held, store = site.first.take("slot-2", "b"), site.first.store
    new = store.new_id()
    assert store.book(held, "b", new, {**asked("slot-2"), "moved_from": old}) == "guaranteed"  # type: ignore[arg-type]
    site.rounds()
    site.rounds()
    site.rounds()
    assert (booking(site.second, old).state, booking(site.second, new).state) == ("moved", "guaranteed")
    assert (site.taken("slot-1"), site.taken("slot-2")) == (0, 1)
    agreed(site)


def test_nobody_empties_the_day_at_one_screen(site: Site) -> None:
    for number in range(9):
        a_free_slot(site.hub, f"other-{number}", 10 + number, booth=f"{number}")
    site.rounds()
    held = [site.first.take(f"other-{number}", f"visit-{number}").guaranteed for number in range(9)]
    assert held.count(True) == 6
    site.first.store.drop_holds()
    site.rounds()
    site.rounds()
    assert site.second.take("other-8", "z").guaranteed
    agreed(site)


def test_a_place_that_was_cancelled_at_the_screen_goes_back(site: Site) -> None:
    record_id = book(site.first, site.first.take("slot-1", "a"))
    site.rounds()
    site.first.store.take_back("booking", record_id)
    site.rounds()
    site.rounds()
    assert booking(site.second, record_id).state == "cancelled"
    assert site.taken("slot-1") == 0
    assert site.second.take("slot-1", "b").guaranteed
    agreed(site)
