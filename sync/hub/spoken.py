"""What a voice made of a slip, and the terminal's own booking that takes its place: one visitor's, two records.

The two never meet in one record, because a voice names a grant and its spend and no id (docs/decisions/0015). So
whatever is done with the one is done with the other, whichever the hub hears of first: the terminal's own takes over
what was done before it came (``give_way``), and what still names the voice's afterwards is handed on to it (``follow``,
``heard_by_own``). Where two disks promised that spend nobody can tell whose voice it was: nothing is handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sync.change import Value
from sync.claim import placeholder_id
from sync.clock import HUB_NODE, HybridClock, stamp_node
from sync.fields import FieldChange
from sync.hub import moves
from sync.hub.conflicts import Loss
from sync.hub.judging import Author, judge_fields
from sync.hub.places import Places
from sync.hub.standing import Standing
from sync.promise import CANCELLED, LIVE, MOVED

SAID = frozenset({"needs", "language", "modality"})
"""What visitors say of their appointment. That they do not come any more is the state ``cancelled``."""
DRAWN = "8"
"""The version of an id that is drawn from something else (``sync.claim``)."""


def voice_id_of(booking: Standing) -> str | None:
    """The id under which a voice makes the booking of this one's spend; ``None`` without a grant."""
    terminal_no, grant_id, spend_no = (booking.values.get(name) for name in ("terminal_no", "grant_id", "spend_no"))
    if grant_id is None or not isinstance(terminal_no, int) or not isinstance(spend_no, int):
        return None
    return placeholder_id(terminal_no, str(grant_id), spend_no)


def placeholder_of(booking: Standing, places: Places) -> Standing | None:
    """What a voice made of the same spend, ``None`` when nothing did."""
    found = places.named.get(str(voice_id_of(booking)))
    return found if found is not None and found.id != booking.id else None


def own_of(voice_id: Value, places: Places) -> Standing | None:
    """The terminal's own booking of what a voice made; ``None`` when it is not here yet, or when there are two.

    Args:
        voice_id: the id of what the voice made, known here or not (the hub was restored from before it).
        places: with the slot of what the voice made, if that is known.
    """
    if not isinstance(voice_id, str) or voice_id[14:15] != DRAWN:
        return None
    if voice_id not in places.named:
        places.include((), (), places.spending(lambda *spend: placeholder_id(*spend) == voice_id))
    found = [one for one in places.named.values() if one.id != voice_id and voice_id_of(one) == voice_id]
    return found[0] if len(found) == 1 else None


def give_way(booking: Standing, places: Places, clock: HybridClock) -> None:
    """What a voice made of a slip gives way to the terminal's own booking; so does whatever replaced it."""
    voice_id = voice_id_of(booking)
    here = places.bookings.get(str(booking.values["slot_id"]), {}).values()
    others = (one for one in here if one.id not in {voice_id, booking.id})
    if voice_id in {None, booking.id} or any(voice_id_of(one) == voice_id for one in others):
        return
    placeholder = places.named.get(str(voice_id))
    if placeholder is not None and placeholder.values["state"] in LIVE:
        placeholder.decide("state", MOVED, clock.tick())
        _hand_over(placeholder, booking, places, clock)
    for successor_id in sorted(places.successors.pop(str(voice_id), ())):
        if successor_id != booking.id:
            places.named[successor_id].decide("moved_from", booking.id, clock.tick())
            places.add(places.named[successor_id])


def follow(booking: Standing, places: Places, clock: HybridClock) -> None:
    """A booking that replaces what a voice made replaces the terminal's own, where that came first."""
    voice_id = booking.values.get("moved_from")
    own = own_of(voice_id, places)
    if own is None or own.id == booking.id:
        return
    places.include((), (), [own.id])
    places.successors.get(str(voice_id), set()).discard(booking.id)
    booking.decide("moved_from", own.id, clock.tick())
    places.add(booking)


def heard_by_own(changes: Mapping[str, FieldChange]) -> dict[str, FieldChange]:
    """What of a change of a voice's booking is said of the terminal's own."""
    return {
        name: change
        for name, change in changes.items()
        if name in SAID or (name == "state" and change.value == CANCELLED)
    }


def left_to_own(losses: Sequence[Loss]) -> list[Loss]:
    """What lost at a voice's booking: nobody is asked, for the same is judged at the terminal's own."""
    return [replace(one, lost=replace(one.lost, needs_person=False)) for one in losses]


def is_changed(stamp: str, made: str) -> bool:
    """True for a field that somebody has changed since a claim or a voice made its booking, or before, and told since.

    After a restore a terminal tells of what it changed before the slip was opened: its stamp is older than the claim's.

    Args:
        stamp: the field's, empty when nobody set it.
        made: that of ``carried``.
    """
    return stamp > made or (stamp != "" and stamp_node(stamp) != HUB_NODE)


def _hand_over(placeholder: Standing, own: Standing, places: Places, clock: HybridClock) -> None:
    """What somebody said of a voice's booking meets what its terminal's own says, by each field's policy."""
    made = placeholder.stamps["carried"]
    said = {
        name: FieldChange(value=placeholder.values[name], stamp=placeholder.stamps[name], base=None)
        for name in sorted(SAID)
        if is_changed(placeholder.stamps.get(name, ""), made)
    }
    places.losses += judge_fields(own, said, Author("", moves.NOBODY), clock, sent_now=False).losses
