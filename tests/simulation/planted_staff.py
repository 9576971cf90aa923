"""Faults of what named persons do, of what goes by the clock and of what is kept apart, planted in the shipped code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sync.hub import at_risk, bookings, conflicts, grants, overrides, quarantine, retention, todo
from sync.hub.at_risk import AtRisk
from sync.hub.matter import Scene
from sync.hub.places import Places
from sync.hub.settings import RetentionTerms
from sync.promise import WRITTEN_OFF
from sync.records import registration


def whoever_is_on_a_withdrawn_slot_stays(patch: pytest.MonkeyPatch) -> None:
    """The slot ends, and nobody looks who counted on it."""
    patch.setattr(bookings, "withdraw", lambda *what: None)


def nobody_is_to_be_told(patch: pytest.MonkeyPatch) -> None:
    """The list for people leaves out whoever must hear that their appointment will not take place."""

    def none(scene: Scene) -> Iterator[Any]:
        return iter(())

    patch.setattr(todo, "SOURCES", {**todo.SOURCES, "tell": none})


def an_override_names_nobody(patch: pytest.MonkeyPatch) -> None:
    """Who gives a place that is not free is not told whose it is."""
    true = at_risk.counting_on

    def counting_on(*what: Any, **of: Any) -> AtRisk:
        return AtRisk(because=true(*what, **of).because)

    patch.setattr(overrides, "counting_on", counting_on)


def an_override_is_not_journaled(patch: pytest.MonkeyPatch) -> None:
    """Nobody can read later whom an override hit."""
    true = conflicts.note_decision

    def note(connection: Any, now_ms: int, record: Any, rule: str, *what: Any, **of: Any) -> None:
        if rule != overrides.OVERRIDE:
            true(connection, now_ms, record, rule, *what, **of)

    patch.setattr(conflicts, "note_decision", note)


def an_interview_is_shared(patch: pytest.MonkeyPatch) -> None:
    """A name answers for two people in an individual interview."""
    patch.setattr(overrides, "_check_individual", lambda *what: None)


def a_place_taken_back_names_nobody(patch: pytest.MonkeyPatch) -> None:
    """Who takes a place back is not told who stands on it."""
    patch.setattr(grants, "_live_on", lambda places, grant_id: [])


def a_promise_on_a_place_taken_back_stands(patch: pytest.MonkeyPatch) -> None:
    """What a terminal promised on a place that was given to somebody else since is believed."""
    true = bookings._why_overruled

    def why(booking: Any, places: Places) -> str | None:
        because = true(booking, places)
        return None if because == WRITTEN_OFF else because

    patch.setattr(bookings, "_why_overruled", why)


def a_settled_line_comes_back(patch: pytest.MonkeyPatch) -> None:
    """The journal does not keep that somebody settled a line."""
    patch.setattr(conflicts, "settle", lambda *what, **of: None)


def appointments_go_at_once(patch: pytest.MonkeyPatch) -> None:
    """The hub destroys an appointment as soon as its hour is over."""
    true = retention.run

    def run(connection: Any, now_ms: int, **of: Any) -> retention.Report:
        return true(connection, now_ms, RetentionTerms(booking_days=0), **of)

    patch.setattr(retention, "run", run)


def what_could_not_leave_is_destroyed(patch: pytest.MonkeyPatch) -> None:
    """After fifteen days a terminal destroys a preparation, whatever its author chose."""
    patch.setattr(registration, "DESTROY", registration.KEEP)


def seats_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    """What an event says is left of its seats stays as it was published."""
    patch.setattr(Places, "_find_events", lambda self, connection, site_id, slots: None)


def nothing_is_kept_apart(patch: pytest.MonkeyPatch) -> None:
    """What a revoked terminal sends is thrown away."""
    patch.setattr(quarantine, "keep", lambda connection, caller, message, now_ms: 0)


def the_first_of_a_request_is_kept_apart(patch: pytest.MonkeyPatch) -> None:
    """Of what a revoked terminal sends, one operation a request is kept."""
    true = quarantine.keep

    def keep(connection: Any, caller: Any, message: Any, now_ms: int) -> int:
        return true(connection, caller, message.changed(operations=message.operations[:1]), now_ms)

    patch.setattr(quarantine, "keep", keep)


def a_change_in_five_is_refused(patch: pytest.MonkeyPatch) -> None:
    """The hub refuses a booking that it could take, now and then."""
    true, count = bookings.why_rejected, iter(range(10**9))

    def why_rejected(*what: Any) -> str | None:
        return "invalid" if next(count) % 5 == 4 else true(*what)

    patch.setattr(bookings, "why_rejected", why_rejected)
