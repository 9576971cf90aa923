"""What must hold of places and bookings: nobody has what another has, and whoever was promised a place has one."""

from __future__ import annotations

from collections.abc import Collection

from sync.change import Value
from sync.hub.bookings import GIVEN_SINCE
from sync.promise import (
    CANCELLED,
    DECLINED,
    GUARANTEED,
    IN_LINE,
    MOVED,
    OVERRULED,
    PLACED,
    REQUESTED,
    UNKEPT,
    WITHDRAWN,
)
from tests.simulation import staff
from tests.simulation.people import whose
from tests.simulation.prepared import SITES
from tests.simulation.world import World

Row = dict[str, Value]
NOTICES_MAX = 3 + 1
"""Of earlier hours; and once that a place came free after all."""


def no_slot_twice(world: World) -> list[str]:
    """No slot has more people than places, and no two slots of a booth that touch have anybody at once.

    A named person may put somebody there besides, or end what was promised: take the place back, withdraw the slot,
    choose among too many (a hub restored from before believes that promise, and what it ended is to be ended again);
    and a disk that was put back excuses: somebody of those too many was told by that terminal. Whoever has another
    place, which a restored hub has yet to confirm again, is not among them (``staff.moved_before``).
    ``list_is_exact`` asks for all of them on the product's own list.
    """
    return [
        f"{len(people)} people have {' and '.join(slots)}"
        for site_id in SITES
        for slots, people in too_many(world, site_id, but=_not_counted(world, site_id))
        if not any(i in world.told and world.told[i].terminal in world.doubtful for i in people)
    ]


def _not_counted(world: World, site_id: str) -> set[str]:
    moved = staff.moved_before(world, world.hub_rows("booking", site_id))
    return world.overridden | _ended_before_a_restore(world, site_id) | moved


def _ended_before_a_restore(world: World, site_id: str) -> set[str]:
    """Whose end a restored hub does not know: made before it was restored, where it was not one booking's own end."""
    rows = world.hub_rows("booking", site_id) if world.restored_ms else {}
    slots = world.withdrawn - world.heard.acts.withdrawn
    made = {i for i in rows if i not in world.told or world.told[i].made_ms < world.restored_ms}
    found = {i for i, row in rows.items() if row["grant_id"] in world.written_off}
    return found | {i for i in made if rows[i]["slot_id"] in slots} | (world.ended - world.heard.acts.ended)


def too_many(world: World, site_id: str, but: Collection[str] = ()) -> list[tuple[tuple[str, ...], frozenset[str]]]:
    """Where more people have a place than there are places: the slots, and those people's bookings.

    Args:
        world: whose hub is looked at.
        site_id: the site.
        but: bookings that are left out.
    """
    live: dict[str, set[str]] = {}
    for booking_id, row in world.hub_rows("booking", site_id).items():
        if row["state"] in PLACED and booking_id not in but:
            live.setdefault(str(row["slot_id"]), set()).add(booking_id)
    slots = world.hub_rows("slot", site_id)
    found: list[tuple[tuple[str, ...], frozenset[str]]] = []
    for slot_id, people in live.items():
        if slot_id not in slots:
            continue  # a restored hub has forgotten it: how many places it has nobody can say
        if len(people) > staff.places_of(slots[slot_id]):
            found.append(((slot_id,), frozenset(people)))
    busy = sorted(slot_id for slot_id in live if slot_id in slots)
    for at, one in enumerate(busy):
        for other in busy[at + 1 :]:
            if staff.one_booth_at_once(slots[one], slots[other]):
                found.append(((one, other), frozenset(live[one] | live[other])))
    return found


def taken_is_counted(world: World) -> list[str]:
    """``taken`` of every slot is what the hub's own rows say: active grants, and people without one.

    What an event says is left of its seats follows it.
    """
    faults = []
    for site_id in SITES:
        bookings, grants = world.hub_rows("booking", site_id).values(), world.hub_rows("grant", site_id)
        for slot_id, slot in world.hub_rows("slot", site_id).items():
            if staff.is_days_ago(world, slot["ends_at"], staff.BOOKING_DAYS):
                continue  # its people are destroyed: nobody counts them any more
            active = {i for i, row in grants.items() if row["slot_id"] == slot_id and row["state"] == "active"}
            here = [row for row in bookings if row["slot_id"] == slot_id]
            live = [row for row in here if row["state"] in {"guaranteed", "confirmed"}]
            counted = len(active) + sum(1 for row in live if row["grant_id"] not in active)
            if slot["taken"] != counted:
                faults.append(f"slot {slot_id} says {slot['taken']} taken, {counted} are")
        for event_id, event in world.hub_rows("event", site_id).items():
            seats = world.hub_rows("slot", site_id).get(str(event["slot_id"]))
            if seats is not None and event["seats_left"] != max(0, staff.places_of(seats) - int(str(seats["taken"]))):
                faults.append(f"event {event_id} says {event['seats_left']} seats left, its slot says otherwise")
    return faults


def guaranteed_kept(world: World) -> list[str]:
    """Whoever was told « garanti » and did not give it up has a place at the hub, theirs or the one they moved to.

    Only a disaster excuses, and only where it shows: the booking was on a lost disk alone and no slip brought it;
    the spends of its grant prove two disks; or a restored hub still waits for
    a dead terminal of the site, which nobody wrote off, before it answers again the request that replaced the booking.
    Or a named person ended it: the owner of its slot, whoever took the place back, whoever chose among too many.
    """
    faults = []
    for booking_id, told in world.told.items():
        if told.state not in {GUARANTEED, MOVED}:
            continue
        rows = world.hub_rows("booking", world.machines[told.terminal].site_id)
        row = rows.get(booking_id)
        if booking_id in world.buried or (row is None and booking_id in world.lost):
            continue  # its time is over, also where a restored hub knows it again (seed 37268)
        if row is not None and (row["state"] in PLACED or _was_copied(booking_id, row, _known(world, rows))):
            continue
        if row is not None and (_was_ended(world, booking_id, row) or _was_ended_before(world, booking_id, row, rows)):
            continue
        if row is not None and (row["state"] == MOVED or told.state == MOVED) and _was_served(world, booking_id, rows):
            continue
        faults.append(f"a person was told {told.state}, the hub holds {row['state'] if row else 'nothing'}")
    return faults


def guaranteed_stays(world: World) -> list[str]:
    """At any moment: of whoever was told « garanti » the hub has heard nothing yet, or they have a place."""
    faults = []
    for booking_id, told in world.told.items():
        rows = world.hub_rows("booking", world.machines[told.terminal].site_id) if told.state == GUARANTEED else {}
        row = rows.get(booking_id)
        if row is None or row["state"] in PLACED or told.terminal in world.doubtful:
            continue
        kept = _was_copied(booking_id, row, _known(world, rows)) or _was_ended(world, booking_id, row)
        kept = kept or _was_ended_before(world, booking_id, row, rows)
        if not kept and not (row["state"] == MOVED and _was_served(world, booking_id, rows)):
            faults.append(f"a person was told {told.state}, the hub holds {row['state']}")
    return faults


def _known(world: World, rows: dict[str, Row]) -> dict[str, Row]:
    """The bookings of a site, with those that were destroyed at their time as they stood then.

    One that nobody has settled yet outlives the one that overruled it (seed 37411).
    """
    return {i: row for i, row in world.buried.items() if "moved_from" in row} | rows


def _was_copied(booking_id: str, row: Row, rows: dict[str, Row]) -> bool:
    """True for a booking overruled because its grant was on two disks: one more bears its spend, or the numbers of the
    spends are not in the order in which they were made (what bore a number between was lost with a disk). What a voice
    made (an id of version 8) proves nothing.
    """
    spend = (row["grant_id"], row["spend_no"])
    borne = {i for i, one in rows.items() if i != booking_id and (one["grant_id"], one["spend_no"]) == spend}
    same = [one for i, one in rows.items() if one["grant_id"] == row["grant_id"] is not None and i[14] != "8"]
    made = sorted((str(one["created_at"]), int(str(one["spend_no"]))) for one in same)
    numbers = [number for _, number in made]
    return row["state"] == OVERRULED and (bool(borne) or numbers != sorted(numbers))


def _was_ended(world: World, booking_id: str, row: Row) -> bool:
    """True for a booking that a named person ended, and nothing else did."""
    acts = world.heard.acts
    if row["state"] == WITHDRAWN:
        return row["slot_id"] in acts.withdrawn
    if row["state"] != OVERRULED:
        return False
    taken_back = row["declined_because"] == "written_off" and row["grant_id"] in world.written_off
    return taken_back or booking_id in acts.ended


def _was_ended_before(world: World, booking_id: str, row: Row, rows: dict[str, Row]) -> bool:
    """True for a booking that somebody ended, and whose terminal has promised its place again since.

    The hub was restored from before: what it knows is the higher spend, and that nobody is to be told of it.
    """
    higher = (int(str(one["spend_no"])) > int(str(row["spend_no"])) for one in rows.values()
              if one["grant_id"] == row["grant_id"] is not None)  # fmt: skip
    return row["state"] == CANCELLED and booking_id in world.ended - world.heard.acts.ended and any(higher)


def _was_served(world: World, booking_id: str, rows: dict[str, Row]) -> bool:
    """True when one of a booking's family has a place, gave it up, was lost with a disk, or still waits.

    Also one that was destroyed at its time since, as it stood then: two had replaced one booking, the newer one had the
    earlier hour and went with what both replaced (seed 30625).

    Or when the last of them was a request that a named person declined while it waited (seed 251: confirmed, asked
    again of a restored hub, and closed with its visitor told while the site's places were frozen). Or when a named
    person had given one of them its place, and a hub restored from before has forgotten that: it is to be done again
    (seed 20327). Or when a hub that was restored says so: its place is somebody else's since, by a grant whose writing
    off that hub has forgotten (seed 21701).
    """
    known = _known(world, rows)
    members = staff.family_of(booking_id, known)
    if members & (world.overridden - {given for given, _ in world.heard.acts.hit}):
        return True
    if "hub restored" in world.counts and any(known[i]["declined_because"] == GIVEN_SINCE for i in members):
        return True
    newest = max((i for i in members if i in world.told), key=lambda one: world.told[one].made_ms)
    if known[newest]["state"] == DECLINED and newest in world.heard.acts.declined:
        return True
    ended = {i for i, row in world.buried.items() if row.get("state") in PLACED | UNKEPT}
    if members & ended or any(_was_ended(world, i, known[i]) for i in members):
        return True
    if any(told.moved_from in members and i in world.lost for i, told in world.told.items()):
        return True
    asked = {i for i in members & rows.keys() - {booking_id} if rows[i]["state"] == REQUESTED}
    if asked and staff.is_frozen(world, world.machines[world.told[booking_id].terminal].site_id):
        return True
    given_up = {one.id for one in world.written if one.values.get("state") == CANCELLED}  # an override's heir, too
    given_up |= {i for i in members if i in world.told and world.told[i].state == CANCELLED}
    return bool(given_up & members) or any(known[i]["state"] in PLACED for i in members)


def no_spend_twice(world: World) -> list[str]:
    """No spend of a grant bears the number of another, except of a grant that two disks held."""
    faults = []
    for site_id in SITES:
        spends: dict[tuple[Value, Value], list[str]] = {}
        for booking_id, row in world.hub_rows("booking", site_id).items():
            if row["grant_id"] is not None and booking_id in world.told:  # what a voice made is nobody else
                spends.setdefault((row["grant_id"], row["spend_no"]), []).append(booking_id)
        for (grant_id, number), borne_by in spends.items():
            if len(borne_by) > 1 and not any(world.told[i].terminal in world.doubtful for i in borne_by):
                faults.append(f"spend {number} of {grant_id} is borne {len(borne_by)} times")
    return faults


def wishes_are_kept(world: World) -> list[str]:
    """A request asks for the same hours as at its terminal, whichever of them it was given."""
    faults = []
    for booking_id, told in world.told.items():
        row = world.hub_rows("booking", world.machines[told.terminal].site_id).get(booking_id)
        if row is None or row["carried"] or told.state == GUARANTEED or booking_id in world.overridden:
            continue
        wishes = row["wishes"] if isinstance(row["wishes"], list) else []
        if told.wishes and {str(row["slot_id"]), *wishes} != {told.slot_id, *told.wishes}:
            faults.append(f"the wishes of {booking_id} are not those of its terminal")
    return faults


def nobody_waits_beside_a_free_place(world: World) -> list[str]:
    """Whoever waits in a line waits because every place of their hour is somebody's, or its booth is.

    Not while the places of the site are frozen, nor where the share of an hour is given (``sync.hub.pace``).
    """
    faults = []
    for site_id in SITES:
        if staff.is_frozen(world, site_id):
            continue
        slots, now = world.hub_rows("slot", site_id), world.utc()
        for booking_id, row in world.hub_rows("booking", site_id).items():
            slot = slots.get(str(row["slot_id"]))
            if (row["state"], row["declined_because"]) != (REQUESTED, IN_LINE) or slot is None:
                continue
            busy = any(
                staff.one_booth_at_once(slot, other) and int(str(other["taken"]))
                for other_id, other in slots.items()
                if other_id != row["slot_id"] and other["state"] == slot["state"]
            )
            if not busy and str(slot["starts_at"]) > now and int(str(slot["taken"])) < staff.places_of(slot):
                faults.append(f"{booking_id} waits for {row['slot_id']}, which has a place")
    return faults


def earlier_is_only_proposed(world: World) -> list[str]:
    """Whoever would like an earlier hour keeps the place they have, and is told of others three times at most."""
    return [
        f"{booking_id} was told {row['notices']} times"
        for site_id in SITES
        for booking_id, row in world.hub_rows("booking", site_id).items()
        if int(str(row["notices"])) > NOTICES_MAX
    ]


def one_place_a_family(world: World) -> list[str]:
    """However often a booking was moved, and wherever, it holds one place at most."""
    faults = []
    for site_id in SITES:
        rows = _with_voices(world, world.hub_rows("booking", site_id))
        for booking_id, row in rows.items():
            placed = [i for i in staff.family_of(booking_id, rows) if rows[i]["state"] in PLACED]
            if row["state"] in PLACED and len(placed) > 1 and booking_id == min(placed):
                faults.append(f"{len(placed)} bookings of one family hold a place")
    return faults


def _with_voices(world: World, rows: dict[str, Row]) -> dict[str, Row]:
    """The same, where what a voice made follows its terminal's own: one visitor's. Not where there are two disks."""
    own_of = {i: whose(world, i) - {i} for i in rows}
    sure = {i: min(own) for i, own in own_of.items() if own and not _are_doubtful(world, own)}
    return rows | {i: rows[i] | {"moved_from": own} for i, own in sure.items()}


def _are_doubtful(world: World, booking_ids: Collection[str]) -> bool:
    return any(world.told[i].terminal in world.doubtful for i in booking_ids)


def nothing_left_carried(world: World) -> list[str]:
    """What a slip brought was completed by its terminal, where that still lives.

    Not a slip opened at a hub that was restored from before its appointment was destroyed at its time: its terminal
    keeps nothing of it, and the hub's next run of retention ends it again (seed 40349).

    And whoever cancelled what a voice made, which the hub still knows, has no place by their slip either.
    """
    faults = []
    cancelled = {one.id for one in world.written if one.values.get("state") == CANCELLED}
    for site_id in SITES:
        rows = world.hub_rows("booking", site_id)
        for booking_id, row in rows.items():
            told = world.told.get(booking_id)
            waits = row["carried"] and told is not None and booking_id not in world.lost | world.buried.keys()
            if waits and told is not None and told.terminal not in world.gone:
                faults.append(f"{booking_id} is still carried")
            if row["carried"] and told is None and row["state"] in PLACED and not _is_of_the_lost(world, row):
                faults.append(f"{booking_id}, which a voice made, stands beside its terminal's own")
            own = whose(world, booking_id) - {booking_id} if booking_id in cancelled else set()
            if not _are_doubtful(world, own) and any(rows[i]["state"] in PLACED for i in own & rows.keys()):
                faults.append(f"{booking_id}, which a voice made, was cancelled, and its terminal's own stands")
    return faults


def _is_of_the_lost(world: World, row: Row) -> bool:
    """True when the disk of a slip's terminal was lost or put back: nobody may be left who completes it."""
    return any(one.terminal_no == row["terminal_no"] and one.number in world.doubtful for one in world.machines)
