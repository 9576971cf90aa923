"""Each planted fault must be seen by some check: a check that cannot fail is none. The table is docs/simulation.md's.

The modules ``planted_…`` hold the faults. Each is tried on a few
seeds known to bring the situation it needs, and the first that shows it ends the test. An invariant broken inside a run
counts as ``raised``. Nothing in the product can switch a fault on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from sync.errors import PointContactError
from tests.simulation import planted_power as power
from tests.simulation import planted_promises as promises
from tests.simulation import planted_staff as acts
from tests.simulation import planted_sticks as sticks
from tests.simulation import planted_sync as way
from tests.simulation import planted_trust as trust
from tests.simulation import sequences
from tests.simulation.test_world import live_and_check

Plant = Callable[[pytest.MonkeyPatch], None]
TABLE = Path(__file__).parents[2] / "docs" / "simulation.md"


@dataclass(frozen=True)
class Fault:
    """A planted fault, the checks that catch it (any of them), and where: on a few seeds, or in a sequence told."""

    name: str
    plant: Plant
    caught_by: tuple[str, ...]
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    told: sequences.Sequence | None = None


APART = ("converged_row_by_row", "ends_agree_on_digest")
LOST = ("nothing_lost", "losers_are_journaled", "applied_is_there")
BROKEN = ("raised",)
COUNTED = ("taken_is_counted",)
HIT = ("acts_name_whom_they_hit",)
TOLD = ("withdrawn_is_told",)
KEPT = ("quarantine_is_exact",)
EARLY = ("nothing_goes_early",)
REVOKED_SEEDS = (5, 16, 27)
HEARD = ("nobody_revoked_is_heard",)
ONE = ("one_on_a_grant",)
CUT = (1, 3, 6, 8, 11, 13, 16, 18)
"""Worlds in which the power goes at any write."""
STICKS = (4, 9, 21, 26, 38, 43, 55, 60, 72, 77, 89, 94, 111, 123, 128)
BACK = ("a_stick_never_steps_back",)
TWICE = ("no_slot_twice", "nobody_twice_on_the_way")

FAULTS = [
    Fault("last arrival wins", way.last_arrival_wins, (*LOST, *TWICE, "newest_stamp_wins")),
    Fault("last change never acknowledged", way.last_change_is_never_acknowledged, (*BROKEN, "outbox_drained")),
    Fault("acknowledged, not applied", way.acknowledged_before_it_is_applied, LOST),
    Fault("resend not trimmed", way.a_resend_is_not_trimmed, BROKEN),
    Fault("feed entry skipped", way.an_entry_of_the_feed_is_skipped, APART),
    Fault("kept value not restamped", way.a_kept_value_is_not_stamped_anew, APART, (10, 20, 22)),
    Fault("loser not journaled", way.the_loser_is_not_journaled, LOST),
    Fault("union keeps one side", way.a_union_keeps_one_side, LOST),
    Fault("change before its record refused", way.a_change_before_its_record_is_refused, APART, (5, 8, 11, 14, 17)),
    Fault(
        "what waits for its record forgotten",
        way.what_waits_for_its_record_is_forgotten,
        (*LOST, *APART),
        told=sequences.a_cancelling_comes_before_its_booking,
    ),
    Fault("sent means received", way.sent_means_received, (*LOST, *APART, "applied_once")),
    Fault("outbox emptied at sending", way.the_outbox_is_emptied_at_sending, (*LOST, *BROKEN)),
    Fault("replay accepted", way.replay_is_accepted, BROKEN),
    Fault(
        "signatures not checked",
        way.signatures_are_not_checked,
        ("forged_is_refused",),
        told=sequences.a_request_is_forged,
    ),
    Fault("slot never full", way.a_slot_is_never_full, TWICE),
    Fault("cancelled slot not freed", way.a_cancelled_slot_is_not_freed, COUNTED, (3, 4, 5, 6)),
    Fault("grants return by time-out", way.grants_return_by_time_out, TWICE, (13, 22, 39)),
    Fault("granted place given to others", way.a_granted_place_is_given_to_others, COUNTED, (2, 3, 4, 5)),
    Fault("overlap ignored", way.an_overlap_is_ignored, TWICE),
    Fault("grant spent while it holds somebody", way.a_grant_is_spent_while_it_holds_somebody, (*TWICE, *ONE)),
    Fault("promise taken as an asking", way.a_promise_is_taken_as_an_asking, ("guaranteed_kept",)),
    Fault("spend number used again", way.a_spend_number_is_used_again, ("no_spend_twice",), (5, 6, 7, 8)),
    Fault("hold not written", way.a_hold_is_not_written, ("holds_survive_a_power_cut",), (4, 9, 14, 19, 24)),
    Fault("sure is only asked for", way.what_is_shown_as_sure_is_only_asked_for, ("sure_is_held",)),
    Fault("another terminal's grant spent", promises.another_terminals_grant_is_spent, ("guaranteed_kept",)),
    Fault(
        "release without a number",
        promises.a_release_bears_no_number,
        (*APART, *COUNTED),
        told=sequences.a_place_taken_on_line_is_given_back,
    ),
    Fault(
        "release told and not kept",
        promises.a_release_is_told_and_not_kept,
        (*TWICE, *APART, *COUNTED),
        told=sequences.a_place_taken_on_line_is_given_back,
    ),
    Fault(
        "restored hub does not freeze",
        promises.a_restored_hub_does_not_freeze,
        TWICE,
        told=sequences.a_restored_hub_is_asked_too_early,
    ),
    Fault(
        "unknown grant refused",
        promises.an_unknown_grant_is_refused,
        ("guaranteed_kept",),
        told=sequences.a_restored_hub_has_forgotten_a_grant,
    ),
    Fault("moved booking keeps its place", promises.what_was_moved_keeps_its_place, ("one_place_a_family",)),
    Fault(
        "lower spend stands", promises.a_lower_spend_stands, ONE, told=sequences.a_phone_is_faster_than_the_cancelling
    ),
    Fault("take not idempotent", promises.another_place_than_asked, ("taken_once",)),
    Fault("wishes dropped", promises.wishes_are_dropped, ("wishes_are_kept",)),
    Fault("phone brings nothing", promises.a_phone_brings_nothing, ("a_phone_carries",), (4, 5, 6, 7)),
    Fault(
        "carried never completed",
        promises.what_a_phone_brought_is_never_completed,
        ("nothing_left_carried",),
        (4, 5, 6, 7),
    ),
    Fault(
        "voice's move stays there",
        promises.a_move_of_what_a_voice_made_stays_there,
        ("one_place_a_family",),
        told=sequences.what_a_voice_made_is_moved_before_another_tells,
    ),
    Fault(
        "voice cancelled alone",
        promises.what_a_voice_made_is_cancelled_alone,
        ("nothing_left_carried",),
        told=sequences.what_a_voice_made_is_cancelled_before_another_tells,
    ),
    Fault(
        "completing overwrites",
        promises.completing_overwrites,
        LOST,
        told=sequences.a_slip_is_changed_before_its_terminal_tells,
    ),
    Fault(
        "too many people not listed",
        promises.too_many_people_are_not_listed,
        ("list_is_exact",),
        told=sequences.a_disk_put_back_promises_a_place_again,
    ),
    Fault(
        "revocation forgotten by a restored hub",
        trust.a_revocation_is_forgotten_after_a_restore,
        HEARD,
        told=sequences.a_stolen_terminal_comes_back_with_a_backup,
    ),
    Fault("revoked terminal heard", trust.a_revoked_terminal_is_heard, HEARD, (5, 16, 27)),
    Fault(
        "tombstone ignored", trust.a_tombstone_is_ignored, APART, told=sequences.a_registration_is_destroyed_at_its_time
    ),
    Fault(
        "another disk's promises unseen", trust.nobody_sees_whom_another_disk_promised, ("risk_is_exact",), (2, 11, 13)
    ),
    Fault("old disk unseen", trust.an_old_disk_goes_unseen, ("an_old_disk_is_seen",), (3, 14, 25)),
    Fault(
        "two machines unseen",
        trust.two_machines_go_unseen,
        ("an_old_disk_is_seen",),
        told=sequences.a_copied_disk_lives_on_beside_its_own,
    ),
    Fault(
        "one of two machines given places",
        trust.one_of_two_machines_is_given_places,
        ("an_old_disk_is_seen",),
        told=sequences.a_copied_disk_lives_on_beside_its_own,
    ),
    Fault(
        "number used twice parked",
        trust.a_number_used_twice_is_parked,
        APART,
        told=sequences.a_disk_put_back_uses_its_numbers_again,
    ),
    Fault("checkpoint kept before its entries", power.a_checkpoint_is_kept_before_its_entries, APART, CUT),
    Fault("counted before it is applied", power.an_operation_is_counted_before_it_is_applied, (*LOST, *APART), CUT),
    Fault("row kept before its operation", power.a_row_is_kept_before_its_operation, APART, CUT),
    Fault("full disk taken for done", power.a_full_disk_is_taken_for_done, (*LOST, *BROKEN), (6, 19, 32)),
    Fault(
        "taken back and kept",
        trust.what_was_taken_back_is_kept,
        ("taken_back_is_destroyed",),
        told=sequences.a_registration_is_taken_back,
    ),
    Fault("opened text journaled", trust.what_was_opened_is_journaled, ("no_word_outside_an_envelope",)),
    Fault("draft beside its envelope", trust.what_is_typed_stays_beside_its_envelope, ("no_word_outside_an_envelope",)),
    Fault(
        "withdrawn slot keeps its people",
        acts.whoever_is_on_a_withdrawn_slot_stays,
        TOLD,
        told=sequences.a_slot_is_withdrawn,
    ),
    Fault("nobody to be told", acts.nobody_is_to_be_told, TOLD, told=sequences.a_slot_is_withdrawn),
    Fault("override names nobody", acts.an_override_names_nobody, HIT, told=sequences.a_place_is_given_beside_somebody),
    Fault(
        "override not journaled",
        acts.an_override_is_not_journaled,
        ("overrides_are_exact",),
        told=sequences.a_place_is_given_beside_somebody,
    ),
    Fault(
        "override not on the list",
        promises.too_many_people_are_not_listed,
        ("list_is_exact",),
        told=sequences.a_place_is_given_beside_somebody,
    ),
    Fault("interview shared", acts.an_interview_is_shared, HIT, told=sequences.a_place_is_given_in_an_interview),
    Fault(
        "place taken back names nobody",
        acts.a_place_taken_back_names_nobody,
        HIT,
        told=sequences.a_place_is_taken_back_from_somebody,
    ),
    Fault(
        "promise on a place taken back stands",
        acts.a_promise_on_a_place_taken_back_stands,
        TWICE,
        told=sequences.a_place_taken_back_is_promised,
    ),
    Fault(
        "settled line comes back",
        acts.a_settled_line_comes_back,
        ("settled_stays_settled",),
        told=sequences.a_line_is_settled,
    ),
    Fault("appointments go at once", acts.appointments_go_at_once, EARLY, told=sequences.an_appointment_is_over),
    Fault(
        "unsent destroyed unasked",
        acts.what_could_not_leave_is_destroyed,
        EARLY,
        told=sequences.preparations_cannot_leave,
    ),
    Fault("seats not counted", acts.seats_are_not_counted, COUNTED, told=sequences.somebody_signs_up_for_an_event),
    Fault("nothing kept apart", acts.nothing_is_kept_apart, KEPT, REVOKED_SEEDS),
    Fault("one operation a request kept apart", acts.the_first_of_a_request_is_kept_apart, KEPT, REVOKED_SEEDS),
    Fault("written on a stick means arrived", sticks.written_means_arrived, (*LOST, *APART), STICKS),
    Fault("answer on a stick from anywhere", sticks.an_answer_begins_anywhere, BACK, STICKS),
    Fault("old answer sets the clock", sticks.an_old_answer_sets_the_clock, BACK, STICKS),
    Fault("change in five refused", acts.a_change_in_five_is_refused, ("nothing_is_parked",)),
]


@pytest.mark.simulation
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault.plant(monkeypatch)
    seen = set() if fault.told is None else sequences.faults_after(fault.told)
    for seed in fault.seeds if fault.told is None else ():
        seen |= faults_seen(seed)
        if seen & set(fault.caught_by):
            break
    if not seen & set(fault.caught_by):
        pytest.fail(f"« {fault.name} » went unseen by {fault.caught_by} on seeds {fault.seeds}; seen: {sorted(seen)}")


def faults_seen(seed: int) -> set[str]:
    """The checks that see something in one world."""
    try:
        return set(live_and_check(seed)[0])
    except (AssertionError, PointContactError, SQLAlchemyError) as error:  # a planted fault may break the run anywhere
        print(f"seed {seed} raised {type(error).__name__}: {str(error)[:200]}")
        return {"raised"}


def test_the_table_of_planted_faults_is_whole() -> None:
    rows = [line.split("|")[1].strip() for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    assert sorted(set(rows) & {fault.name for fault in FAULTS}) == sorted(fault.name for fault in FAULTS)
