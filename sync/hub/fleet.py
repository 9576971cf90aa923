"""The terminals: invited with a one-time code, enrolled, seen, revoked.

An invitation lives 30 minutes, bears 5 tries and serves once. The hub keeps only a slow verifier of
its secret; the terminal proves the secret for its own key, so nothing that travels can be reused.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, func, select

from sync import invitation, signature
from sync.change import new_id
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, feed, revocations, rows, tombstones, withdrawals
from sync.hub.caller import Caller
from sync.hub.database import table_of, upsert
from sync.hub.keys import HubKeys
from sync.hub.tables import Invited, Terminal
from sync.wire import (
    OPERATIONS_PER_ROUND_MAX,
    Certificate,
    EnrolReply,
    EnrolRequest,
    RoundRequest,
    from_text,
    to_text,
)

FUNCTIONS = ("borne", "accueil", "affichage", "projection")
INVITATIONS_MAX = 1024
TERMINAL_NO_MAX = 32767
PUBLIC_KEY_BYTES = 32
SECRET_BYTES = 5
DRIFT_MAX_MS = (1 << 53) - 1
WHOLE_BATCH_BYTES_MAX = 1024 * 1024
"""A terminal also cuts its batches by size, at 2 MiB (``replica.outbox``): a smaller one held all that waited."""

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class EnrolledTerminal:
    """One terminal as the fleet's list shows it. Times in milliseconds since 1970."""

    terminal_id: str
    terminal_no: int
    site_id: str
    functions: list[str]
    enrolled_ms: int
    last_seen_ms: int | None
    drift_ms: int | None
    revoked_ms: int | None
    revoked_by: str | None


def invite(
    connection: Connection,
    keys: HubKeys,
    now_ms: int,
    site_id: str,
    functions: Collection[str],
    who: str,
    random: Random = os.urandom,
    derive: Callable[[str, bytes], bytes] = invitation.derive_verifier,
) -> str:
    """Makes a one-time enrolment code for one terminal of a site. Journals it.

    Args:
        connection: of a writing transaction.
        keys: the hub's, whose fingerprint the code carries.
        now_ms: milliseconds since 1970.
        site_id: the site of the terminal.
        functions: what it will be: ``borne``, ``accueil``, ``affichage``, ``projection``.
        who: a person with the role ``exploitation``.
        random: source of random bytes.
        derive: what makes the verifier of the secret and the hub's fingerprint, slow on purpose.

    Returns:
        The code, shown once: only a slow verifier of its secret is kept.

    Raises:
        InvalidInput: unknown site or function.
        Refused: ``who`` may not do this, or too many invitations are open.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    _check_invited(connection, site_id, functions)
    fingerprint = _fingerprint(keys)
    number = _free_number(connection, now_ms)
    code, secret = _new_code(fingerprint, number, random)
    named = ",".join(sorted(set(functions)))
    row = {
        "number": number,
        "site_id": site_id,
        "functions": named,
        "verifier": to_text(derive(secret, fingerprint)),
        "expires_ms": now_ms + invitation.VALID_S * 1000,
        "tries_left": invitation.TRIES_MAX,
        "used_ms": None,
        "invited_by": who,
    }
    upsert(connection, table_of(Invited), [row])
    accounts.audit(connection, now_ms, who, "terminal.invite", site_id, named)
    return code


def _new_code(fingerprint: bytes, number: int, random: Random) -> tuple[str, str]:
    """A code to type, and the secret in it."""
    code = invitation.write_code(fingerprint, number, random(SECRET_BYTES))
    written = invitation.read_code(code)
    if written is None:
        raise ValueError("a code that cannot be read was written")
    return code, written.secret


def enrol(
    connection: Connection, keys: HubKeys, now_ms: int, request: EnrolRequest, random: Random = os.urandom
) -> EnrolReply:
    """Enrols the terminal that proves an invitation's secret.

    A refusal may have used up a try: the caller commits even when this raises. The same terminal
    asking again, because the answer was lost on the way, gets the same certificate.

    Raises:
        Refused: ``invitation_wrong``, ``invitation_late``, ``invitation_used``, or ``malformed``.
    """
    terminal_key = from_text(request.terminal_key)
    if len(terminal_key) != PUBLIC_KEY_BYTES:
        raise Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
    invited = _prove(connection, now_ms, request, terminal_key)
    if invited["used_ms"] is not None:
        certificate = _certificate_of_key(connection, request.terminal_key)
        if certificate is None:
            raise Refused(
                "invitation_used", "Ce code a déjà servi : demandez-en un nouveau.", status=403, now_ms=now_ms
            )
        return _reply(connection, keys, now_ms, certificate)
    if now_ms >= invited["expires_ms"]:
        raise Refused(
            "invitation_late", "Ce code n’est plus valable après 30 minutes : demandez-en un nouveau.",
            status=403, now_ms=now_ms,
        )  # fmt: skip
    certificate = _certify(connection, keys, now_ms, invited, request.terminal_key, random)
    table = table_of(Invited)
    connection.execute(table.update().where(table.c.number == invited["number"]).values(used_ms=now_ms))
    accounts.audit(
        connection, now_ms, invited["invited_by"], "terminal.enrol", certificate.terminal_id, certificate.site_id
    )
    return _reply(connection, keys, now_ms, certificate)


def readmit(connection: Connection, keys: HubKeys, now_ms: int, certificate: Certificate) -> bool:
    """Takes back a terminal that this hub certified and no longer knows: its database was restored.

    Args:
        connection: of a writing transaction.
        keys: the hub's, whose identity and list of revoked terminals outlive the database.
        now_ms: milliseconds since 1970.
        certificate: the terminal's, whose key signed the request that brings it.

    Returns:
        False when the certificate is not this hub's, or its number was given to another terminal since. One that
        was revoked is taken back as revoked.

    Raises:
        Refused: ``revocations_lost``, nobody can tell whether it was revoked.
    """
    signed = from_text(certificate.signature)
    if not signature.verify(keys.identity_public, signed, certificate.signing_input()):
        return False
    table = table_of(Terminal)
    taken = (table.c.terminal_no == certificate.terminal_no) | (table.c.terminal_id == certificate.terminal_id)
    if certificate.demonstration != keys.demonstration or connection.execute(table.select().where(taken)).first():
        return False
    revoked = revocations.find(keys, certificate.terminal_id, certificate.terminal_key)
    _insert(connection, certificate, now_ms, reported_generation=None)
    detail = certificate.site_id
    if revoked is not None:
        detail = f"{detail},revoked"
        mine = table.c.terminal_id == certificate.terminal_id
        since = {"revoked_ms": revoked.revoked_ms, "revoked_by": revoked.revoked_by}
        connection.execute(table.update().where(mine).values(**since))
    accounts.audit(connection, now_ms, "hub", "terminal.readmit", certificate.terminal_id, detail)
    return True


def revoke(connection: Connection, keys: HubKeys, now_ms: int, terminal_id: str, who: str) -> None:
    """Refuses a terminal from now on. Its records stay, its grants too. Journals it.

    It is on the list beside the keys (``sync.hub.revocations``) before this returns, so before anybody is told.
    A site that waited for this terminal only, since a restore, gives its places again.

    Args:
        connection: of a writing transaction.
        keys: the hub's, beside which the list is.
        now_ms: milliseconds since 1970.
        terminal_id: its identifier, or its number.
        who: a person with the role ``exploitation``.

    Raises:
        InvalidInput: no such terminal, or revoked before.
        Refused: ``who`` may not do this.
        StorageError, DiskFull: the list cannot be written; the caller's transaction must not be committed.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    table = table_of(Terminal)
    named = table.c.terminal_no == int(terminal_id) if _is_number(terminal_id) else table.c.terminal_id == terminal_id
    row = connection.execute(table.select().where(named)).mappings().first()
    if row is None:
        raise InvalidInput("Cette borne n’existe pas : relisez la liste avec « point-contact hub terminal list ».")
    if row["revoked_ms"] is not None:
        raise InvalidInput("Cette borne est déjà révoquée.")
    mine, site_id = table.c.terminal_id == row["terminal_id"], row["site_id"]
    connection.execute(table.update().where(mine).values(revoked_ms=now_ms, revoked_by=who))
    accounts.audit(connection, now_ms, who, "terminal.revoke", row["terminal_id"], site_id)
    withdrawals.serve_waiting(connection, site_id, now_ms)
    revocations.append(keys, [revocations.line_of({**row, "revoked_ms": now_ms, "revoked_by": who})])


def list_terminals(connection: Connection, site_id: str | None = None) -> list[EnrolledTerminal]:
    """Every terminal ever enrolled, of one site or of all, by number."""
    table = table_of(Terminal)
    query = table.select().order_by(table.c.terminal_no)
    if site_id is not None:
        query = query.where(table.c.site_id == site_id)
    return [
        EnrolledTerminal(
            terminal_id=row.terminal_id,
            terminal_no=row.terminal_no,
            site_id=row.site_id,
            functions=row.functions.split(","),
            enrolled_ms=row.enrolled_ms,
            last_seen_ms=row.last_seen_ms,
            drift_ms=row.drift_ms,
            revoked_ms=row.revoked_ms,
            revoked_by=row.revoked_by,
        )
        for row in connection.execute(query)
    ]


def use_counter(connection: Connection, now_ms: int, caller: Caller, message: object) -> bool:
    """Takes a request's counter and notes that the terminal was seen.

    False when it was used before, and when the terminal has sent another request or was revoked since the caller was
    authenticated: what is known of the caller is out of date then.

    Args:
        connection: of the writing transaction that applies the request, so that both stand or fall together.
        now_ms: milliseconds since 1970.
        caller: who signed the request.
        message: what it holds; a ``RoundRequest`` also tells the terminal's clock, its incarnation, and how far it
            has read the feed of its site.
    """
    if caller.counter <= caller.known_counter:
        return False
    values: dict[str, Any] = {"counter": caller.counter, "last_seen_ms": now_ms}
    if isinstance(message, RoundRequest) and message.terminal_id == caller.terminal_id:
        values["drift_ms"] = max(-DRIFT_MAX_MS, min(DRIFT_MAX_MS, message.now_ms - now_ms))
        values["incarnation"] = message.incarnation
        values["heard_through"] = tombstones.heard(caller, message)
    statement = _noting(tuple(values), revoked=caller.revoked)
    noted = {f"{name}_now": value for name, value in values.items()}
    asked = {"of_terminal": caller.terminal_id, "counter_before": caller.known_counter}
    return connection.execute(statement, asked | noted).rowcount == 1


@cache
def _noting(names: tuple[str, ...], *, revoked: bool) -> Update:
    """The statement of ``use_counter``, built once: building costs more than running, and every request runs it."""
    table = table_of(Terminal)
    where = (table.c.terminal_id == bindparam("of_terminal")) & (table.c.counter == bindparam("counter_before"))
    if not revoked:
        where &= table.c.revoked_ms.is_(None)
    return table.update().where(where).values({name: bindparam(f"{name}_now") for name in names})


def note_whole(connection: Connection, caller: Caller, through: int) -> None:
    """Notes through which number a terminal that reads the feed from its beginning is told its own entries too.

    Nothing when it has sent another request since: that one knows better.
    """
    table = table_of(Terminal)
    where = (table.c.terminal_id == caller.terminal_id) & (table.c.counter == caller.counter)
    connection.execute(table.update().where(where).values(whole_through=through))


def note_report(connection: Connection, now_ms: int, terminal_id: str, site_id: str, message: RoundRequest) -> None:
    """Notes that a terminal has told all it holds in the present generation; the last one of a site frees its places.

    Args:
        connection: of the writing transaction that has just applied the message.
        now_ms: milliseconds since 1970.
        terminal_id: who sent it.
        site_id: its site.
        message: what it sent; nothing is noted when it bears another generation, or may be a part only.
    """
    part_only = message.more or len(message.operations) >= OPERATIONS_PER_ROUND_MAX
    if part_only or message.generation != feed.read_generation(connection):
        return
    if sum(len(one.to_json()) for one in message.operations) > WHOLE_BATCH_BYTES_MAX:
        return
    table = table_of(Terminal)
    noted = table.update().where(table.c.terminal_id == terminal_id).values(reported_generation=message.generation)
    connection.execute(noted)
    withdrawals.serve_waiting(connection, site_id, now_ms)


def _check_invited(connection: Connection, site_id: str, functions: Collection[str]) -> None:
    if rows.read(connection, "site", site_id, site_id) is None:
        raise InvalidInput("Ce site n’existe pas : créez-le avec « point-contact hub site add ».")
    if not functions or not set(functions) <= set(FUNCTIONS):
        raise InvalidInput(f"Fonction inconnue : choisissez parmi {', '.join(FUNCTIONS)}.")


def _prove(connection: Connection, now_ms: int, request: EnrolRequest, terminal_key: bytes) -> dict[str, Any]:
    """The invitation whose secret the request proves. A wrong proof uses up a try."""
    wrong = Refused(
        "invitation_wrong", "Ce code n’est pas le bon : vérifiez-le, ou demandez-en un nouveau.",
        status=403, now_ms=now_ms,
    )  # fmt: skip
    table = table_of(Invited)
    if not 0 <= request.invitation < INVITATIONS_MAX:
        raise wrong
    row = connection.execute(table.select().where(table.c.number == request.invitation)).mappings().first()
    if row is None or row["tries_left"] <= 0:
        raise wrong
    expected = invitation.make_proof(from_text(row["verifier"]), request.invitation, terminal_key, request.incarnation)
    if not hmac.compare_digest(expected, from_text(request.proof)):
        number = table.c.number == request.invitation
        connection.execute(table.update().where(number).values(tries_left=table.c.tries_left - 1))
        raise wrong
    return dict(row)


def _certify(
    connection: Connection, keys: HubKeys, now_ms: int, invited: dict[str, Any], terminal_key: str, random: Random
) -> Certificate:
    unsigned = Certificate(
        terminal_id=new_id(now_ms, random(10)),
        terminal_no=_next_terminal_no(connection),
        site_id=invited["site_id"],
        functions=invited["functions"].split(","),
        terminal_key=terminal_key,
        issued_at_ms=now_ms,
        demonstration=keys.demonstration,
    )
    certificate = unsigned.changed(signature=to_text(keys.identity.sign(unsigned.signing_input())))
    _insert(connection, certificate, now_ms, reported_generation=feed.read_generation(connection))
    return certificate


def _insert(connection: Connection, certificate: Certificate, now_ms: int, *, reported_generation: str | None) -> None:
    """Adds a terminal; ``reported_generation`` is ``None`` when it may hold what this hub does not know."""
    row = {
        "terminal_id": certificate.terminal_id,
        "terminal_no": certificate.terminal_no,
        "site_id": certificate.site_id,
        "functions": ",".join(certificate.functions),
        "public_key": certificate.terminal_key,
        "certificate": certificate.to_json().decode(),
        "counter": 0,
        "enrolled_ms": now_ms,
        "reported_generation": reported_generation,
    }
    connection.execute(table_of(Terminal).insert(), row)


def _certificate_of_key(connection: Connection, terminal_key: str) -> Certificate | None:
    table = table_of(Terminal)
    query = table.select().where(table.c.public_key == terminal_key, table.c.revoked_ms.is_(None))
    row = connection.execute(query).first()
    return None if row is None else Certificate.from_json(row.certificate)


def _reply(connection: Connection, keys: HubKeys, now_ms: int, certificate: Certificate) -> EnrolReply:
    return EnrolReply(
        certificate=certificate,
        sealing=keys.sealing,
        reference_secret=to_text(keys.reference_secret(certificate.terminal_id)),
        generation=feed.read_generation(connection),
        now_ms=now_ms,
    )


def _next_terminal_no(connection: Connection) -> int:
    """The next number: never one that was given before, since references and stamps carry it."""
    newest = connection.execute(select(func.max(table_of(Terminal).c.terminal_no))).scalar() or 0
    if newest >= TERMINAL_NO_MAX:
        raise Refused("invitation_wrong", "Ce hub a donné tous ses numéros de borne : ouvrez un second hub.")
    return int(newest) + 1


def _free_number(connection: Connection, now_ms: int) -> int:
    """A number that no living invitation has; the code carries it modulo 1024."""
    table = table_of(Invited)
    known = {row.number: row for row in connection.execute(table.select())}
    unused = next((number for number in range(INVITATIONS_MAX) if number not in known), None)
    if unused is not None:
        return unused
    dead = [row for row in known.values() if row.used_ms is not None or row.expires_ms <= now_ms or row.tries_left <= 0]
    if not dead:
        raise Refused("busy", "Trop d’invitations sont ouvertes : attendez 30 minutes.", status=503)
    return int(min(dead, key=lambda row: row.expires_ms).number)


def _fingerprint(keys: HubKeys) -> bytes:
    return signature.hub_fingerprint(keys.identity_public, keys.root_public)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5
