"""What must hold of the journal, of the list for people, and of what nobody but the vault may read."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from sync.fields import read_fields
from sync.hub import redrawn
from sync.promise import PLACED
from tests.simulation import staff
from tests.simulation.prepared import SITES
from tests.simulation.promise_checks import too_many
from tests.simulation.world import TYPED, World

ONE_BY_ONE = frozenset({"language", "modality"})
"""The fields of which a world writes no value twice."""


def losers_are_journaled(world: World) -> list[str]:
    """A value that does not stand was seen by whoever replaced it, or is in the journal with what beat it.

    At the hub for whatever lost; and at the terminal that wrote it, when its own writing met another one at the hub.
    """
    replaced = {(w.id, name, value) for w in [*world.written, *world.edited] for name, value in w.seen.items()
                if name in ONE_BY_ONE}  # fmt: skip
    journaled, parked = _journal(world), _not_applied(world)
    faults = []
    for write in world.written:
        standing = world.hub_rows(write.kind, world.machines[write.terminal].site_id).get(write.id, {})
        for name in write.values.keys() & ONE_BY_ONE:
            key = (write.id, name, write.values[name])
            if write.values[name] in {standing.get(name), "fr", "VISIO"} or key in replaced:
                continue
            if key not in journaled | parked and write.id not in world.lost | world.buried.keys():
                faults.append(f"{name} of {write.id} lost at terminal {write.terminal} and is in no journal of the hub")
    return faults


def _journal(world: World) -> set[tuple[str, str, object]]:
    with world.database.read() as connection:
        lines = connection.execute(text("SELECT record_id, field, lost_value FROM hub_conflict")).all()
    return {(record_id, name, _plain(value)) for record_id, name, value in lines}


def _not_applied(world: World) -> set[tuple[str, str, object]]:
    """What the hub rejected, kept at its terminal."""
    found: set[tuple[str, str, object]] = set()
    for machine in world.living:
        with world.on(machine)._database.read() as connection:
            rows = connection.execute(text("SELECT id, fields FROM replica_outbox WHERE state = 'rejected'")).all()
        for record_id, fields in rows:
            found |= {(record_id, name, _hashable(value)) for name, value in read_fields(fields).values.items()}
    return found


def _plain(text_value: str) -> object:
    return _hashable(json.loads(text_value))


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def list_is_exact(world: World) -> list[str]:
    """The product's own list names exactly the hours, and the people, that are too many; not those all welcomed.

    Until a week after such an hour began, as it names whom to tell: whoever found no place there has to be called.
    """
    faults = []
    listed = {(item.site_id, frozenset(item.records)) for item in staff.listed(world) if item.kind == "overbooked"}
    real = {(site_id, people) for site_id in SITES for slots, people in too_many(world, site_id)
            if not _is_over(world, site_id, slots) and not _are_welcome(world, slots, people)}  # fmt: skip
    if listed != real:
        faults.append(f"the list names {len(listed - real)} hours too many and lacks {len(real - listed)}")
    return faults


def risk_is_exact(world: World) -> list[str]:
    """The product names exactly the bookings that another disk of their terminal may have promised to somebody else.

    Those that stood on a grant given to one incarnation when another one was the first to tell of them: said once, it
    stays said whatever a restored hub forgets since, the grant (seed 10067) or that it had destroyed the booking (seed
    12113). On a grant that it does not know it may name more. The list for people holds them for a week.
    """
    with world.database.read() as connection:
        named = {one for line in redrawn.list_redrawn(connection) for one in line.at_risk}
    listed = {one for item in staff.listed(world) if item.kind == "redrawn" for one in item.records}
    known = {i for site_id in SITES for i in world.hub_rows("grant", site_id)}
    rows = {i: row for site_id in SITES for i, row in world.hub_rows("booking", site_id).items()}
    needless = {i for i in named - world.heard.late if i in rows and rows[i]["grant_id"] in known}
    missing = world.heard.late - named
    faults = []
    if needless or missing:
        faults.append(f"{len(needless)} named at risk are not, {len(missing)} are not named")
    if not listed <= named or not {i for i in world.heard.late if _may_take_place(world, i)} <= listed:
        faults.append("the list for people does not name those at risk")
    return faults


def _may_take_place(world: World, booking_id: str) -> bool:
    """True for an appointment that somebody has and whose hour began less than a week ago, or is to come."""
    for site_id in SITES:
        row = world.hub_rows("booking", site_id).get(booking_id)
        slot = world.hub_rows("slot", site_id).get(str(row["slot_id"])) if row is not None else None
        if row is not None and row["state"] in PLACED:
            return slot is None or not staff.is_days_ago(world, slot["starts_at"], staff.TOLD_DAYS)
    return False


def _are_welcome(world: World, slots: tuple[str, ...], people: frozenset[str]) -> bool:
    return any(at in slots and people <= welcomed for at, welcomed in world.heard.acts.welcomed)


def _is_over(world: World, site_id: str, slots: tuple[str, ...]) -> bool:
    rows = world.hub_rows("slot", site_id)
    return any(staff.is_days_ago(world, rows[one]["starts_at"], staff.TOLD_DAYS) for one in slots)


def no_word_outside_an_envelope(world: World) -> list[str]:
    """No file of the hub or of a terminal holds a word that a person typed, whatever its form."""
    forms = {TYPED.encode(), TYPED.encode("utf-16-le")} | encoded(TYPED.encode())
    forms |= {twice for once in encoded(TYPED.encode()) for twice in encoded(once)}
    return [
        f"a typed word is in {path.relative_to(world.folder)}"
        for path in files_of(world.folder)
        for content in [path.read_bytes()]
        if any(form in content for form in forms)
    ]


def encoded(word: bytes) -> set[bytes]:
    """What of a word shows inside any base 64 text that holds it: three ways, by where it begins."""
    return {base64.urlsafe_b64encode(b"x" * shift + word)[-(-shift * 8 // 6) : -4].rstrip(b"=") for shift in range(3)}


def files_of(folder: Path) -> Iterator[Path]:
    """Every file of a world: databases with their logs, backups, keys, images."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def taken_back_is_destroyed(world: World) -> list[str]:
    """Of a registration that was taken back, no sealed text is left at the hub or at the terminal that wrote it."""
    faults = []
    with world.database.read() as connection:
        sealed = {record_id for (record_id,) in connection.execute(text("SELECT id FROM hub_sealed"))}
    heard = {i for i, number in world.taken_back.items() if number not in world.doubtful}
    if left := heard & sealed:
        faults.append(f"{len(left)} registrations were taken back and are still at the hub")
    for machine in world.living:
        query = "SELECT id FROM replica_outbox WHERE sealed IS NOT NULL"
        with world.on(machine)._database.read() as connection:
            here = {record_id for (record_id,) in connection.execute(text(query))}
        mine = {i for i, number in world.taken_back.items() if number == machine.number}
        if here & mine and machine.number not in world.doubtful:
            faults.append(f"terminal {machine.number} still holds what was taken back there")
    return faults
