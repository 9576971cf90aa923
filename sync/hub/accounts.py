"""Named persons, their roles, and the chained journal of what they did.

Every line of the journal holds the hash of the line before, so that a line altered, removed or
inserted afterwards is found by ``verify_audit``. The journal holds no personal datum of a visitor.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from sync.errors import InvalidInput, Refused
from sync.hub.database import check_reach
from sync.hub.tables import hub_registry

ADMINISTRATION, EXPLOITATION, INSTRUCTION = "administration", "exploitation", "instruction"
REDACTION, APPROBATION, LECTURE = "redaction", "approbation", "lecture"
ROLES = {
    ADMINISTRATION: "comptes, clés, restauration",
    EXPLOITATION: "sites, bornes, créneaux, événements, sauvegardes",
    INSTRUCTION: "lecture et suivi des préparations d’inscription",
    REDACTION: "écriture des contenus",
    APPROBATION: "approbation des contenus",
    LECTURE: "consultation seulement",
}
NAME_PATTERN = re.compile(r"^\w(?:[\w .'’-]{0,58}\w)?$")
CHAIN_START = "0" * 64

ACCOUNTS = hub_registry.metadata.tables["hub_account"]
JOURNAL = hub_registry.metadata.tables["hub_audit"]


@dataclass(frozen=True)
class Person:
    """A named person of the hub. ``disabled_ms`` is set once they may do nothing any more."""

    name: str
    roles: tuple[str, ...]
    created_ms: int
    disabled_ms: int | None


@dataclass(frozen=True)
class AuditReport:
    """What ``verify_audit`` found: the lines that follow each other, and the first one that does not."""

    lines: int
    head: str
    broken_at: int | None


def add_account(connection: Connection, now_ms: int, name: str, roles: Collection[str], who: str) -> Person:
    """Adds a person. The very first account is made by itself and holds ``administration``.

    Raises:
        InvalidInput: the name or a role is not usable, or the name is taken.
        Refused: ``who`` may not do this.
    """
    chosen = _check_new(name, roles)
    if _count(connection) == 0:
        if name != who or ADMINISTRATION not in chosen:
            raise InvalidInput(
                "Le premier compte se crée lui-même et administre le hub : donnez le même nom à « --as » "
                "et le rôle « administration »."
            )
    else:
        require(connection, who, ADMINISTRATION)
    if find_account(connection, name) is not None:
        raise InvalidInput(f"Le compte « {name} » existe déjà : choisissez un autre nom.")
    connection.execute(insert(ACCOUNTS).values(name=name, roles=",".join(chosen), created_ms=now_ms))
    audit(connection, now_ms, who, "account.add", name, ",".join(chosen))
    return Person(name, chosen, now_ms, None)


def disable_account(connection: Connection, now_ms: int, name: str, who: str) -> None:
    """Closes an account; its lines in the journal stay. Raises InvalidInput or Refused."""
    require(connection, who, ADMINISTRATION)
    require_open(connection, name)
    others = [
        other
        for other in list_accounts(connection)
        if other.name != name and other.disabled_ms is None and ADMINISTRATION in other.roles
    ]
    if not others:
        raise InvalidInput("C’est le dernier compte d’administration : créez-en un autre d’abord.")
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == name).values(disabled_ms=now_ms, token_hash=None))
    audit(connection, now_ms, who, "account.disable", name)


def require_open(connection: Connection, name: str) -> Person:
    """Returns the person of an open account. Raises InvalidInput when there is none."""
    person = find_account(connection, name)
    if person is None or person.disabled_ms is not None:
        raise InvalidInput(f"Aucun compte ouvert ne s’appelle « {name} » : voyez « point-contact hub account list ».")
    return person


def require(connection: Connection, name: str, role: str) -> Person:
    """Returns the person when they hold ``role``. Raises Refused (``account`` or ``role``)."""
    person = find_account(connection, name)
    if person is None or person.disabled_ms is not None:
        raise Refused(
            "account",
            f"Aucun compte ouvert ne s’appelle « {name} » : créez-le avec « point-contact hub account add ».",
            status=403,
        )
    if role not in person.roles:
        raise Refused(
            "role",
            f"Le compte « {name} » n’a pas le rôle « {role} » : demandez-le à l’administration du hub.",
            status=403,
        )
    return person


def require_any(connection: Connection, name: str, roles: Collection[str]) -> Person:
    """Returns the person when they hold one of ``roles`` at least. Raises Refused (``account`` or ``role``)."""
    person = find_account(connection, name)
    held = next((role for role in roles if person is not None and role in person.roles), None)
    return require(connection, name, held or next(iter(roles)))


def find_account(connection: Connection, name: str) -> Person | None:
    """Returns a person by name, closed accounts included."""
    row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).mappings().first()
    return _person(row) if row else None


def list_accounts(connection: Connection) -> list[Person]:
    """Every person, by name."""
    return [_person(row) for row in connection.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.name)).mappings()]


def audit(connection: Connection, now_ms: int, who: str, action: str, subject: str, detail: str = "") -> int:
    """Adds a line to the journal, in the caller's transaction; returns its number.

    Args:
        connection: a writing transaction, about no site in particular.
        now_ms: milliseconds since 1970.
        who: the named person.
        action: stable word, ``thing.verb``.
        subject: what it was done to: an identifier, never a visitor's datum.
        detail: a code or a count, never a visitor's datum.
    """
    check_reach(connection, None)
    last = connection.execute(select(JOURNAL.c.n, JOURNAL.c.hash).order_by(JOURNAL.c.n.desc()).limit(1)).first()
    n, before = (last.n + 1, last.hash) if last else (1, CHAIN_START)
    line = {"n": n, "at_ms": now_ms, "who": who, "action": action, "subject": subject, "detail": detail}
    connection.execute(insert(JOURNAL).values(**line, hash=_chain(before, line)))
    return n


def verify_audit(connection: Connection) -> AuditReport:
    """Walks the whole chain. ``broken_at`` is the first line that does not follow the one before."""
    before, lines = CHAIN_START, 0
    for row in connection.execute(select(JOURNAL).order_by(JOURNAL.c.n)).mappings():
        line = {name: row[name] for name in ("n", "at_ms", "who", "action", "subject", "detail")}
        if row["n"] != lines + 1 or row["hash"] != _chain(before, line):
            return AuditReport(lines, before, broken_at=lines + 1)
        before, lines = row["hash"], lines + 1
    return AuditReport(lines, before, broken_at=None)


def read_audit(connection: Connection, limit: int = 100) -> Sequence[dict[str, Any]]:
    """The newest lines of the journal, newest first."""
    rows = connection.execute(select(JOURNAL).order_by(JOURNAL.c.n.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]


def audited(connection: Connection, action: str, subject: str) -> Sequence[dict[str, Any]]:
    """Every line of one action on one subject, oldest first."""
    query = select(JOURNAL).where(JOURNAL.c.action == action, JOURNAL.c.subject == subject).order_by(JOURNAL.c.n)
    return [dict(row) for row in connection.execute(query).mappings()]


def find_audit(connection: Connection, action: str) -> Sequence[dict[str, Any]]:
    """Every line of one action, oldest first."""
    query = select(JOURNAL).where(JOURNAL.c.action == action).order_by(JOURNAL.c.n)
    return [dict(row) for row in connection.execute(query).mappings()]


def _chain(before: str, line: dict[str, Any]) -> str:
    text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"point-contact/v1/audit\n{before}\n{text}".encode()).hexdigest()


def _check_new(name: str, roles: Collection[str]) -> tuple[str, ...]:
    if not NAME_PATTERN.match(name):
        raise InvalidInput("Ce nom de compte n’est pas utilisable : écrivez un nom de 1 à 60 lettres, sur une ligne.")
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles:
        raise InvalidInput(f"Donnez au moins un rôle parmi : {', '.join(ROLES)}.")
    return tuple(role for role in ROLES if role in roles)


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one())


def _person(row: Any) -> Person:
    roles = tuple(role for role in row["roles"].split(",") if role)
    return Person(row["name"], roles, row["created_ms"], row["disabled_ms"])
