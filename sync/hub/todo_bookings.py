"""Appointments that need a person: two writings that met, people to tell, too many people, requests that wait."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Connection, select

from sync import escrow
from sync.change import Value
from sync.clock import stamp_ms, utc_text
from sync.hub import accounts, bookings, conflicts, feed, grants, rows, todo_words
from sync.hub.database import table_of
from sync.hub.french_time import read_utc
from sync.hub.matter import PAST_MS, URGENT_MS, Act, Matter, Scene, nothing
from sync.hub.pace import place_in_line
from sync.hub.places import Places
from sync.hub.standing import Standing, load, load_where
from sync.hub.tables import Conflict
from sync.promise import (
    ALTERNATIVES,
    CANCELLED,
    DECLINED,
    LIVE,
    MOVED,
    OVERRULED,
    PLACED,
    REQUESTED,
    UNKEPT,
    WITHDRAWN,
)
from sync.records import Booking, Slot

BOOKINGS, SLOTS, JOURNAL = table_of(Booking), table_of(Slot), table_of(Conflict)
WAITING_MS = 24 * 3_600_000
"""A request is answered in the round that brings it; after a day something holds it up."""
OVERBOOKED = "overbooked"
GAVE_UP = frozenset({DECLINED, WITHDRAWN, OVERRULED, ALTERNATIVES})
"""Whoever cancels what stands like this only says that they do not come: nobody has to be asked."""


def journal_matters(scene: Scene) -> Iterator[Matter]:
    """The open lines of the conflict journal that need a person, all of them."""
    lines = conflicts.read_journal(scene.connection, site_id=scene.site_id, open_only=True)
    named: dict[tuple[str, str], set[str]] = {}
    for line in lines:
        named.setdefault((line.kind, line.site_id), set()).add(line.record_id)
    for (kind, site_id), record_ids in named.items():
        found = scene.read_ahead(kind, site_id, record_ids)
        if kind == "booking":
            scene.read_ahead("slot", site_id, {one.values["slot_id"] for one in found})
    for line in lines:
        standing = scene.one(line.kind, line.site_id, line.record_id)
        if line.kind == "booking" and standing is not None:
            matter = _booking_line(scene, line, standing)
            if matter is not None:
                yield matter
        else:
            yield _other_line(scene, line, standing)


def tell_matters(scene: Scene) -> Iterator[Matter]:
    """The people who count on an appointment that will not take place, and do not know it yet."""
    for site_id, booking in _bookings(scene, UNKEPT, lambda one: one["told_at"] is None):
        slot, name = _slot(scene, site_id, booking), _name(scene, site_id, booking)
        if _is_past(slot, scene.now_ms):
            continue
        yield Matter(
            id=f"tell.{site_id}.{booking.id}",
            kind="tell",
            site_id=site_id,
            since_ms=stamp_ms(booking.stamps["state"]),
            words=todo_words.tell(
                name,
                str(booking.values["state"]),
                booking.values["declined_because"],
                _offered(scene, site_id, booking),
            ),
            acts={"told": _note_told(site_id, booking.id)},
            role=accounts.EXPLOITATION,
            due_at=_starts(slot),
            records=(booking.id,),
        )


def news_matters(scene: Scene) -> Iterator[Matter]:
    """The people for whom a place came free after all, or for whom there are earlier hours, and who cannot know it."""
    for site_id, booking in _bookings(scene, PLACED, _has_news):
        slot, name = _slot(scene, site_id, booking), _name(scene, site_id, booking)
        offered = [] if booking.values["waits"] else _offered(scene, site_id, booking)
        if _is_past(slot, scene.now_ms) or not (booking.values["waits"] or offered):
            continue
        named = booking.stamps["state" if booking.values["waits"] else "alternatives"]
        yield Matter(
            id=f"news.{site_id}.{booking.id}",
            kind="news",
            site_id=site_id,
            since_ms=stamp_ms(named),
            words=todo_words.earlier(name, offered) if offered else todo_words.place_after_all(name),
            acts={"told": _note_told(site_id, booking.id)},
            role=accounts.EXPLOITATION,
            due_at=_starts(slot),
            records=(booking.id,),
        )


def _has_news(booking: Mapping[str, Value]) -> bool:
    return booking["told_at"] is None and bool(booking["notices"])


def overbooked_matters(scene: Scene) -> Iterator[Matter]:
    """The hours at which more people are expected than there are places, or than a booth can take."""
    for site_id, slot_ids, people in _too_many(scene):
        zone = scene.zone(site_id)
        bookings = {one.id: one for one in sorted(people, key=lambda one: (str(one.values["created_at"]), one.id))}
        each = {
            booking_id: todo_words.made(str(one.values["created_at"]), zone, one.values["terminal_no"])
            for booking_id, one in bookings.items()
        }
        slots = [scene.one("slot", site_id, slot_id) for slot_id in slot_ids]
        slot = slots[0]
        where = todo_words.moment(_starts(slot), zone)
        acts: dict[str, Act] = {f"cancel.{one}": _end(site_id, one, OVERRULED, OVERBOOKED) for one in bookings}
        individual = any(one is not None and one.values["reason"] in escrow.ONE_PLACE_REASONS for one in slots)
        if not individual:
            acts["keep_all"] = _note_all_kept(site_id, slot_ids[0], sorted(bookings))
        yield Matter(
            id=".".join(["overbooked", site_id, *slot_ids]),
            kind="overbooked",
            site_id=site_id,
            since_ms=max(stamp_ms(one.stamps["state"]) for one in people),
            words=todo_words.overbooked(where, each, one_booth=len(slot_ids) > 1, individual=individual),
            acts=acts,
            role=accounts.EXPLOITATION,
            due_at=_starts(slot),
            records=tuple(sorted(bookings)),
            over="kept" if _were_all_kept(scene, site_id, slot_ids[0], sorted(bookings)) else None,
        )


def waiting_matters(scene: Scene) -> Iterator[Matter]:
    """The requests that nobody has answered for a day, or whose hour is near."""
    for site_id, booking in _bookings(scene, {REQUESTED}, lambda one: one["answered_at"] is None):
        slot = _slot(scene, site_id, booking)
        since_ms = stamp_ms(booking.stamps["created_at"])
        if not (_is_near(slot, scene.now_ms) or since_ms < scene.now_ms - WAITING_MS) or _is_past(slot, scene.now_ms):
            continue
        yield Matter(
            id=f"waiting.{site_id}.{booking.id}",
            kind="waiting",
            site_id=site_id,
            since_ms=since_ms,
            words=todo_words.waiting(
                _name(scene, site_id, booking), _awaited(scene, site_id), in_line=bool(place_in_line(booking))
            ),
            acts={"decline": _decline_told(site_id, booking.id)},
            role=accounts.EXPLOITATION,
            due_at=_starts(slot),
            records=(booking.id,),
        )


def end_booking(
    connection: Connection, now_ms: int, site_id: str, booking_id: str, values: Mapping[str, Value]
) -> None:
    """Writes fields of a booking that a person has ended, and counts the places of its slot anew.

    Whoever is to be told of it is offered other hours at once: the list says them to whoever tells.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        site_id: its site.
        booking_id: the booking; nothing is done when it has no place to free any more.
        values: its new state, and what goes with it.
    """
    slot_id = connection.execute(
        select(BOOKINGS.c.slot_id).where(BOOKINGS.c.site_id == site_id, BOOKINGS.c.id == booking_id)
    ).scalar()
    places = Places.load(connection, site_id, [slot_id])
    booking = places.bookings.get(str(slot_id), {}).get(booking_id)
    if booking is None or booking.values["state"] not in LIVE:
        return
    clock = rows.read_clock(connection, site_id, now_ms)
    for name, value in values.items():
        booking.decide(name, value, clock.tick())
    if values["state"] in UNKEPT:
        places.frozen = grants.frozen(connection, site_id)
        bookings.propose(booking, places, clock, now_ms)
    places.recount(str(slot_id), clock)
    bookings.serve_line(places, clock, now_ms)
    conflicts.append(connection, now_ms, places.losses, os.urandom)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, site_id, clock)


def _booking_line(scene: Scene, line: conflicts.Journaled, booking: Standing) -> Matter | None:
    """The matter of one line about a booking; ``None`` when the list shows it as a person to tell."""
    kept, lost, state = line.kept_value, line.lost_value, booking.values["state"]
    about, over = booking, None
    if line.field == "state":
        untold = state in UNKEPT and state == kept and lost in PLACED and booking.values["told_at"] is None
        if untold and not _is_past(_slot(scene, line.site_id, booking), scene.now_ms):
            return None
        if MOVED in {kept, lost}:
            heir = _heir(scene, line.site_id, booking)
            about, over = (heir, None) if heir is not None else (booking, "cancelled_since")
        else:
            over = _why_state_is_settled(kept, lost, booking)
    elif state not in LIVE:
        over = "cancelled_since"
    elif booking.values[line.field] == lost:
        over = "equal"
    slot = _slot(scene, line.site_id, about)
    if _is_past(slot, scene.now_ms):
        over = "past"
    name, zone = _name(scene, line.site_id, booking), scene.zone(line.site_id)
    moved_to = None if about is booking else todo_words.moment(_starts(slot), zone)
    words = todo_words.conflict(line.kind, line.field, kept, lost, name, moved_to)
    acts: dict[str, Act] = {
        "seen": nothing,
        "keep": nothing,
        "take_lost": _write("booking", line.site_id, line.record_id, {line.field: lost}),
        "told": nothing,
        "cancel": _cancel_told(line.site_id, about.id),
    }
    chosen = {choice.code: acts[choice.code] for choice in words.choices}
    records = tuple(dict.fromkeys((booking.id, about.id)))
    return _of_line(line, words, chosen, records, over, _starts(slot))


def _why_state_is_settled(kept: Value, lost: Value, booking: Standing) -> str | None:
    state = booking.values["state"]
    if state == lost:
        return "equal"
    if kept in GAVE_UP and lost == CANCELLED:
        return "given_up"
    if kept in UNKEPT and (booking.values["told_at"] is not None or state != kept):
        return "told"
    return "cancelled_since" if kept in LIVE and state not in LIVE else None


def _other_line(scene: Scene, line: conflicts.Journaled, standing: Standing | None) -> Matter:
    """A line about anything but a booking. A place released here and written off there is the hub's either way."""
    over = None
    if standing is None and line.rule == conflicts.EARLY:
        words = todo_words.early(line.kind, line.field, line.lost_value)
        return _of_line(line, words, {choice.code: nothing for choice in words.choices}, (line.record_id,), None)
    if standing is None or standing.values["gone"]:
        over = "gone"
    elif standing.values.get(line.field) == line.lost_value:
        over = "equal"
    elif line.kind == "grant":
        over = "same_end"
    name = _KINDS.get(line.kind, "fiche")
    if standing is not None and line.kind == "registration":
        values = standing.values
        made = todo_words.made(str(values["created_at"]), scene.zone(line.site_id), values["terminal_no"])
        name = f"{name} préparée {made}"
    words = todo_words.conflict(line.kind, line.field, line.kept_value, line.lost_value, name)
    acts: dict[str, Act] = {choice.code: nothing for choice in words.choices}
    return _of_line(line, words, acts, (line.record_id,), over)


def _of_line(
    line: conflicts.Journaled,
    words: todo_words.Words,
    acts: Mapping[str, Act],
    records: tuple[str, ...],
    over: str | None,
    due_at: str | None = None,
) -> Matter:
    role = accounts.INSTRUCTION if line.kind == "registration" else accounts.EXPLOITATION
    close = _close_line(line.id)
    return Matter(
        f"conflict.{line.id}", "conflict", line.site_id, line.at_ms, words, acts, role, due_at, records, over, close
    )


_KINDS = {"registration": "inscription", "grant": "place confiée à une borne", "slot": "créneau"}


def _heir(scene: Scene, site_id: str, booking: Standing) -> Standing | None:
    """The live booking that a chain of moves led to, the newest when there are several.

    What replaced a voice's booking replaces the terminal's own since that came (``sync.hub.spoken``).
    """
    frontier = {str(booking.values["moved_from"] or booking.id), booking.id}
    if escrow.is_placeholder(booking.id, booking.values):
        spend = (booking.values["grant_id"], booking.values["spend_no"])
        beside = load_where(scene.connection, "booking", site_id, "slot_id", [str(booking.values["slot_id"])])
        frontier |= {i for i, one in beside.items() if (one.values["grant_id"], one.values["spend_no"]) == spend}
    seen: set[str] = set()
    live: list[Standing] = []
    while frontier:
        seen |= frontier
        following = load_where(scene.connection, "booking", site_id, "moved_from", frontier)
        live += [one for one in following.values() if one.values["state"] in LIVE and one.id != booking.id]
        frontier = set(following) - seen
    return max(live, key=lambda one: (str(one.values["created_at"]), one.id), default=None)


def _bookings(
    scene: Scene, states: frozenset[str] | set[str], wanted: Callable[[Mapping[str, Value]], bool]
) -> Iterator[tuple[str, Standing]]:
    query = select(BOOKINGS.c.site_id).distinct().where(BOOKINGS.c.state.in_(sorted(states)), ~BOOKINGS.c.gone)
    for site_id in sorted(scene.connection.execute(query).scalars()):
        if scene.wants(site_id):
            found = load_where(scene.connection, "booking", site_id, "state", states)
            for booking in sorted(found.values(), key=lambda one: one.id):
                if not booking.values["gone"] and wanted(booking.values):
                    yield site_id, booking


def _slot(scene: Scene, site_id: str, booking: Standing) -> Standing | None:
    return scene.one("slot", site_id, booking.values["slot_id"])


def _name(scene: Scene, site_id: str, booking: Standing) -> str:
    values = booking.values
    starts_at = _starts(_slot(scene, site_id, booking))
    return todo_words.booking_name(starts_at, scene.zone(site_id), values["reason"], values["terminal_no"])


def _offered(scene: Scene, site_id: str, booking: Standing) -> list[str]:
    """The other hours that the hub proposed and that can still be had, as the list says them, the nearest first."""
    named = booking.values.get("alternatives")
    slots = load(scene.connection, "slot", site_id, [str(one) for one in named] if isinstance(named, list) else [])
    free = [
        str(one.values["starts_at"])
        for one in slots.values()
        if not escrow.is_over(one.values, utc_text(scene.now_ms)) and _taken(one) < escrow.places(one.values)
    ]
    return [todo_words.moment(starts_at, scene.zone(site_id)) for starts_at in sorted(free)]


def _taken(slot: Standing) -> int:
    taken = slot.values["taken"]
    return taken if isinstance(taken, int) else 0


def _starts(slot: Standing | None) -> str | None:
    return None if slot is None else str(slot.values["starts_at"])


def _starts_ms(slot: Standing) -> int:
    return int(read_utc(str(slot.values["starts_at"])).timestamp()) * 1000


def _is_past(slot: Standing | None, now_ms: int) -> bool:
    return slot is not None and _starts_ms(slot) < now_ms - PAST_MS


def _is_near(slot: Standing | None, now_ms: int) -> bool:
    return slot is not None and _starts_ms(slot) < now_ms + URGENT_MS


def _awaited(scene: Scene, site_id: str) -> str:
    """The terminals of a site that have not told what they hold since the hub was restored, in words."""
    return ", ".join(f"la borne n° {number}" for number in grants.missed(scene.connection).get(site_id, []))


def _write(kind: str, site_id: str, record_id: str, values: Mapping[str, Value]) -> Act:
    def act(connection: Connection, now_ms: int, _who: str) -> None:
        rows.write_as_hub(connection, now_ms, kind, site_id, record_id, values)

    return act


def _note_told(site_id: str, booking_id: str) -> Act:
    def act(connection: Connection, now_ms: int, _who: str) -> None:
        rows.write_as_hub(connection, now_ms, "booking", site_id, booking_id, {"told_at": utc_text(now_ms)})

    return act


def _end(site_id: str, booking_id: str, state: str, because: str | None) -> Act:
    def act(connection: Connection, now_ms: int, _who: str) -> None:
        end_booking(connection, now_ms, site_id, booking_id, {"state": state, "declined_because": because})

    return act


def _cancel_told(site_id: str, booking_id: str) -> Act:
    """The person said that they do not come: nobody has to tell them."""

    def act(connection: Connection, now_ms: int, _who: str) -> None:
        end_booking(connection, now_ms, site_id, booking_id, {"state": CANCELLED, "told_at": utc_text(now_ms)})

    return act


def _decline_told(site_id: str, booking_id: str) -> Act:
    def act(connection: Connection, now_ms: int, _who: str) -> None:
        now = utc_text(now_ms)
        values: dict[str, Value] = {"state": DECLINED, "answered_at": now, "told_at": now}
        end_booking(connection, now_ms, site_id, booking_id, values)

    return act


def _close_line(conflict_id: str) -> Act:
    def act(connection: Connection, now_ms: int, who: str) -> None:
        conflicts.settle(connection, now_ms, conflict_id, who, take_lost=False)

    return act


def _note_all_kept(site_id: str, slot_id: str, booking_ids: list[str]) -> Act:
    """A named person welcomes everybody: the journal keeps whom, so that one more person asks again."""

    def act(connection: Connection, now_ms: int, who: str) -> None:
        conflicts.note_decision(connection, now_ms, ("slot", site_id, slot_id), OVERBOOKED, booking_ids, who)

    return act


def _were_all_kept(scene: Scene, site_id: str, slot_id: str, booking_ids: list[str]) -> bool:
    """True when a person welcomed all of these before, others perhaps with them who do not come any more."""
    query = select(JOURNAL.c.kept_value).where(
        JOURNAL.c.site_id == site_id, JOURNAL.c.record_id == slot_id, JOURNAL.c.rule == OVERBOOKED
    )
    return any(set(booking_ids) <= set(json.loads(kept)) for kept in scene.connection.execute(query).scalars())


def _too_many(scene: Scene) -> Iterator[tuple[str, list[str], list[Standing]]]:
    """The slots with more people than places, and those of one booth whose hours meet, the earlier first."""
    for site_id, slots, live in _placed(scene):
        fields = {slot_id: slot.values for slot_id, slot in slots.items()}
        for slot_ids, people in escrow.overbooked(fields, live):
            held = {one.id: one for slot_id in slot_ids for one in live[slot_id].values()}
            yield site_id, list(slot_ids), [held[booking_id] for booking_id in people]


def _placed(scene: Scene) -> Iterator[tuple[str, dict[str, Standing], dict[str, dict[str, Standing]]]]:
    """By site, the slots that are not long past and have somebody, and who has a place in each."""
    held: dict[str, dict[str, dict[str, Standing]]] = {}
    for site_id, booking in _bookings(scene, PLACED, lambda _one: True):
        held.setdefault(site_id, {}).setdefault(str(booking.values["slot_id"]), {})[booking.id] = booking
    for site_id, live in held.items():
        slots = load(scene.connection, "slot", site_id, live.keys())
        yield site_id, {key: one for key, one in slots.items() if not _is_past(one, scene.now_ms)}, live
