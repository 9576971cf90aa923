"""Faults of the way itself, of the merge and of the places, each planted from here into the shipped code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update

from sync import escrow, merge, signature
from sync.change import Change, Held
from sync.clock import HybridClock, utc_text
from sync.hub import bookings, conflicts, early, feed, fleet, grants, ingest, rows
from sync.hub.places import Places
from sync.hub.push import Push, Sender
from sync.hub.standing import Standing
from sync.promise import ACTIVE, RELEASED
from sync.replica import apply, outbox
from sync.replica import grants as promises
from sync.replica import round as round_
from sync.replica.outbox import Batch
from sync.replica.tables import ACKNOWLEDGED, HOLDS, OUTBOX, WAITING
from sync.wire import FeedEntry, Operation, Receipt, RoundRequest


def last_arrival_wins(patch: pytest.MonkeyPatch) -> None:
    """The hub takes whatever arrives last, whatever its stamp."""

    def judge(policy: merge.Policy, held: Held | None, change: Change, transitions: Any = None) -> merge.Verdict:
        return merge.Verdict(change.value, change.stamp, changed=True)

    patch.setattr(merge, "judge", judge)


def last_change_is_never_acknowledged(patch: pytest.MonkeyPatch) -> None:
    """The terminal forgets to note the receipt of the last operation of each reply."""
    patch.setattr(round_, "REQUESTS_MAX", 20)  # such a round would not end before
    true = outbox.acknowledge
    patch.setattr(
        outbox, "acknowledge", lambda c, through, receipts, at: true(c, through - 1, list(receipts)[:-1], at)
    )  # fmt: skip


def acknowledged_before_it_is_applied(patch: pytest.MonkeyPatch) -> None:
    """The hub answers « applied » for one operation in five and keeps nothing of it."""
    true, count = ingest._judge, iter(range(10**9))

    def judge(push: Push, shelf: early.Shelf, operation: Operation) -> Receipt:
        if next(count) % 5 == 0:
            return Receipt(seq=operation.seq, outcome=ingest.APPLIED)
        return true(push, shelf, operation)

    patch.setattr(ingest, "_judge", judge)


def a_resend_is_not_trimmed(patch: pytest.MonkeyPatch) -> None:
    """The hub judges again what it had applied, and books again what was booked."""
    true = ingest._read_position

    def read(connection: Connection, sender: Sender) -> dict[str, Any]:
        return {**true(connection, sender), "applied_through": 0}

    patch.setattr(ingest, "_read_position", read)


def an_entry_of_the_feed_is_skipped(patch: pytest.MonkeyPatch) -> None:
    """The checkpoint moves past an entry that was not applied."""
    true = apply.apply

    def skip(
        connection: Connection, entries: Iterable[FeedEntry], pending: apply.Pending, at_ms: int, **of: Any
    ) -> apply.Applied:
        entries = list(entries)
        return true(connection, entries[:-1] if len(entries) > 2 else entries, pending, at_ms, **of)

    patch.setattr(apply, "apply", skip)


def a_kept_value_is_not_stamped_anew(patch: pytest.MonkeyPatch) -> None:
    """The hub keeps its value against a newer change and tells nobody."""
    true = merge._keep

    def keep(held: Held, change: Change, rule: merge.Policy, *, needs_person: bool = False) -> merge.Verdict:
        return replace(true(held, change, rule, needs_person=needs_person), restamp=False, changed=False)

    patch.setattr(merge, "_keep", keep)


def a_slot_is_never_full(patch: pytest.MonkeyPatch) -> None:
    """The hub confirms whoever asks."""
    patch.setattr(escrow, "places", lambda slot: 99)


def a_cancelled_slot_is_not_freed(patch: pytest.MonkeyPatch) -> None:
    """The count of a slot's places only rises."""
    true = Places.recount

    def recount(self: Places, slot_id: str, clock: HybridClock) -> None:
        slot = self.slots.get(slot_id)
        if slot is not None and self.counted(slot_id) > int(str(slot.values["taken"])):
            true(self, slot_id, clock)

    patch.setattr(Places, "recount", recount)


def grants_return_by_time_out(patch: pytest.MonkeyPatch) -> None:
    """The hub takes back what a terminal was given three hours ago and has not said to be spent."""
    true = grants.give

    def give(
        connection: Connection, holder: grants.Holder, stock: escrow.Stock, now_ms: int, random: Callable[[int], bytes]
    ) -> list[str]:
        late = utc_text(now_ms - 3 * 3600 * 1000)
        for one in grants.list_grants(connection, now_ms, holder.site_id):
            if one.state == ACTIVE and not one.live and one.issued_at < late:
                taken_back = {"state": RELEASED}
                rows.write_as_hub(connection, now_ms, "grant", holder.site_id, one.id, taken_back)
                places, clock = (
                    Places.load(connection, holder.site_id, [one.slot_id]),
                    rows.read_clock(connection, holder.site_id, now_ms),
                )
                places.recount(one.slot_id, clock)
                feed.publish_all(connection, places.standings())
                rows.keep_clock(connection, holder.site_id, clock)
        return true(connection, holder, stock, now_ms, random)

    patch.setattr(grants, "give", give)


def a_granted_place_is_given_to_others(patch: pytest.MonkeyPatch) -> None:
    """The hub counts bookings only."""
    true = escrow.taken
    patch.setattr(escrow, "taken", lambda bookings, granted: true(bookings, {}))


def an_overlap_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """Each slot is looked at alone."""
    patch.setattr(escrow, "touches", lambda one, other: False)


def a_grant_is_spent_while_it_holds_somebody(patch: pytest.MonkeyPatch) -> None:
    """The terminal does not look at who has its place."""
    true = escrow.is_spendable
    patch.setattr(escrow, "is_spendable", lambda grant, slot, bookings, **who: true(grant, slot, [], **who))


def a_promise_is_taken_as_an_asking(patch: pytest.MonkeyPatch) -> None:
    """The hub answers a guaranteed booking as if the terminal had promised nothing."""
    patch.setattr(bookings, "_believe", bookings.decide)


def a_spend_number_is_used_again(patch: pytest.MonkeyPatch) -> None:
    """Every spend of a grant is the first."""
    patch.setattr(escrow, "next_spend", lambda grant_id, bookings: 1)


def a_hold_is_not_written(patch: pytest.MonkeyPatch) -> None:
    """What is kept for a person lives in memory only."""
    true = promises.hold

    def hold(connection: Connection, *what: Any) -> promises.Held | None:
        kept = true(connection, *what)
        connection.execute(delete(HOLDS))
        return kept

    patch.setattr(promises, "hold", hold)


def what_is_shown_as_sure_is_only_asked_for(patch: pytest.MonkeyPatch) -> None:
    """The terminal shows its grants and does not hold them."""
    patch.setattr(promises, "hold", lambda connection, holder, slot_id, visit, now_ms: None)


def the_loser_is_not_journaled(patch: pytest.MonkeyPatch) -> None:
    """What did not stand is dropped in silence."""
    patch.setattr(conflicts, "append", lambda connection, now_ms, losses, random: None)


def a_change_before_its_record_is_refused(patch: pytest.MonkeyPatch) -> None:
    """The restored hub rejects a change of a booking that it has not heard of again."""
    patch.setattr(early.Shelf, "take_in", lambda self, push, operation: False)


def what_waits_for_its_record_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The restored hub takes such a change in and never comes back to it."""

    def release(self: early.Shelf, push: Push, standing: Standing) -> list[conflicts.Loss]:
        if self.waiting.pop((standing.kind, standing.id), None):
            self.taken.add((standing.kind, standing.id))
        return []

    patch.setattr(early.Shelf, "release", release)


def sent_means_received(patch: pytest.MonkeyPatch) -> None:
    """The terminal marks its operations answered when it sends them."""
    true = round_.Rounds._compose

    def compose(self: round_.Rounds, connection: Connection, progress: Any) -> tuple[RoundRequest, Batch]:
        request, batch = true(self, connection, progress)
        if batch:
            sent = (OUTBOX.c.seq <= batch.last, OUTBOX.c.state == WAITING)
            connection.execute(update(OUTBOX).where(*sent).values(state=ACKNOWLEDGED))
        return request, batch

    patch.setattr(round_.Rounds, "_compose", compose)


def the_outbox_is_emptied_at_sending(patch: pytest.MonkeyPatch) -> None:
    """Operations are deleted as soon as they are read for sending."""
    true = round_.Rounds._compose

    def compose(self: round_.Rounds, connection: Connection, progress: Any) -> tuple[RoundRequest, Batch]:
        request, batch = true(self, connection, progress)
        if batch:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.seq == batch.last))
        return request, batch

    patch.setattr(round_.Rounds, "_compose", compose)


def replay_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """The hub does not look at the counter."""
    patch.setattr(fleet, "use_counter", lambda *what: True)


def signatures_are_not_checked(patch: pytest.MonkeyPatch) -> None:
    """Whoever altered a body on the way is believed."""
    patch.setattr(signature, "verify", lambda public_key, signed, data: True)


def a_union_keeps_one_side(patch: pytest.MonkeyPatch) -> None:
    """Two sets that met become the hub's."""
    patch.setattr(
        merge, "_unite", lambda held, change: merge.Verdict(held.value, held.stamp, changed=True, restamp=True)
    )
