"""Whether this disk is the one that wrote last: an image that was put back, or a copy in another machine.

Read at each start: the **life** of the replica against the witness outside the database, and the hardware print
against the one kept in it. Where they disagree a new incarnation is drawn at once, so that no number is used for two
things, and only requests are taken until a round has been through with it (docs/decisions/0018). A whole disk that is
put back with its witness into its own machine is not seen here: the hub's own counter sees it at the first round.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from sync.replica import apply, meta, outbox
from sync.replica.database import ReplicaDatabase
from sync.replica.hardware import differs
from sync.replica.witness import Witness

OLD_IMAGE, OTHER_MACHINE = "old_image", "other_machine"
WORDS = {
    OLD_IMAGE: (
        "La base de cette borne est plus ancienne que ce que la borne a déjà fait : une sauvegarde du disque a sans "
        "doute été remise. La borne ne garantit plus aucune heure jusqu’à la prochaine synchronisation réussie : "
        "reliez-la au réseau."
    ),
    OTHER_MACHINE: (
        "Cette borne a été copiée ou déplacée : l’ordinateur ou le disque n’est plus le même. Elle ne garantit plus "
        "aucune heure jusqu’à la prochaine synchronisation réussie : reliez-la au réseau, et n’allumez jamais deux "
        "copies d’une même borne."
    ),
}
COUNTER_LEAP = 1 << 20
REFERENCES_LEAPT = 64


def key_for(private_key: bytes) -> bytes:
    """The key of the witness and of the prints: drawn from the terminal's identity, which is in the database only."""
    return hmac.digest(private_key, b"point-contact/v1/incarnation", "sha256")


def check_start(
    database: ReplicaDatabase, witness: Witness, now: Mapping[str, str], *, node: int,
    draw: Callable[[Connection], object],
) -> None:  # fmt: skip
    """Compares what this replica was with what it is. Safe beside other programs of this home.

    Args:
        database: the encrypted database, migrated.
        witness: of the same home.
        now: the prints of the hardware, as read now (``hardware.prints``).
        node: the terminal's number.
        draw: draws a new incarnation, in the connection's transaction.

    Raises:
        StorageError: the database cannot be read or written.
    """
    seen = witness.read()  # before the database: another program may be writing, the database first
    with database.read() as connection:
        held = _prints(connection)
        reason = _reason(connection, seen, held, now)
        if reason is None and now.keys() <= held.keys():
            return
    with database.write(urgent=True) as connection:
        held = _prints(connection)
        reason = _reason(connection, seen, held, now)  # again: another program may have been faster
        meta.write(connection, meta.HARDWARE, json.dumps({**held, **now}, sort_keys=True))
        if reason is not None:
            life = max(seen, meta.read_int(connection, meta.LIFE)) + 1
            meta.write(connection, meta.LIFE, life)
            meta.write(connection, meta.RESTORED, reason)
            meta.bump(connection, meta.COUNTER, COUNTER_LEAP)
            meta.bump(connection, meta.NEXT_REFERENCE, REFERENCES_LEAPT)
            draw(connection)
            apply.start_refill(connection, node)


def settle(connection: Connection, incarnation: str) -> None:
    """A whole round has been through with this incarnation: the hub has it, and this replica has what the hub has."""
    if meta.read(connection, meta.RESTORED) is not None and outbox.incarnation_of(connection) == incarnation:
        meta.write(connection, meta.RESTORED, None)


def words_for(reason: str | None) -> str | None:
    """What a person reads of a reason; ``None`` when there is nothing to say."""
    return None if reason is None else WORDS.get(reason, WORDS[OLD_IMAGE])


def _reason(connection: Connection, seen: int, held: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    if meta.read_int(connection, meta.LIFE) < seen:
        return OLD_IMAGE
    return OTHER_MACHINE if differs(held, now) else None


def _prints(connection: Connection) -> dict[str, str]:
    text = meta.read(connection, meta.HARDWARE)
    return dict(json.loads(text)) if text else {}
