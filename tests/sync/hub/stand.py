"""A hub to test against, whole and real: a home, keys, a site, slots, and terminals that sign.

Used by the hub's tests and by the simulation: ``a_hub(home)``, then ``hub.enrol()`` gives a
``Signer`` whose ``round`` sends a ``RoundRequest`` and returns the hub's verified answer.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Dialect, Engine, select

from sync import signature
from sync.change import Value, new_id
from sync.clock import HybridClock, utc_text
from sync.fields import FieldChange
from sync.hub import accounts, feed, fleet, rows
from sync.hub.database import POSTGRESQL, SQLITE, HubDatabase, table_of
from sync.hub.database_place import FILE, NAME, note_address
from sync.hub.exchange import Exchange
from sync.hub.keys import HubKeys
from sync.hub.settings import HubSettings
from sync.hub.tables import Invited
from sync.invitation import derive_verifier, make_proof, read_code
from sync.message import Message
from sync.wire import (
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    PROTOCOL,
    Certificate,
    EnrolReply,
    EnrolRequest,
    FieldwiseReply,
    FieldwiseRequest,
    HubRequest,
    HubResponse,
    Operation,
    RefusalBody,
    RoundReply,
    RoundRequest,
    from_text,
    to_text,
)
from tests import postgresql

START_MS = 1_795_250_000_000
"""A Saturday of November 2026."""
HOUR_MS = 3_600_000
ADMIN = "Camille Martin"
SITE = "site-lyon"

RUNS_ON = [SQLITE]
MADE: list[str] = []

Answer = TypeVar("Answer", bound=Message)


@dataclass
class Clock:
    """A clock that moves when told to."""

    ms: int = START_MS

    def __call__(self) -> int:
        return self.ms


@dataclass
class Stand:
    """A hub and what is needed to speak with it."""

    home: Path
    clock: Clock
    keys: HubKeys
    database: HubDatabase
    exchange: Exchange
    random: Callable[[int], bytes] = os.urandom

    def close(self) -> None:
        self.database.close()

    def reopened(self) -> Stand:
        """The same hub after a restart of its program."""
        self.close()
        return _stand(self.home, self.clock, HubKeys.load(self.home), self.random)

    def add_site(self, site_id: str = SITE, **values: Value) -> None:
        with self.database.write() as connection:
            rows.write_as_hub(connection, self.clock(), "site", site_id, site_id, {"name": "Mairie", **values})

    def add_slot(self, *, site_id: str = SITE, in_hours: float = 48, **values: Value) -> str:
        """Publishes a slot and returns its id. Capacity 1, the reason ``edo`` and a booth of its own unless told."""
        slot_id = new_id(self.clock(), self.random(10))
        starts_ms = self.clock() + int(in_hours * HOUR_MS)
        slot: dict[str, Value] = {
            "external_ref": f"S-{slot_id}",
            "reason": "edo",
            "booth": slot_id,
            "starts_at": utc_text(starts_ms),
            "ends_at": utc_text(starts_ms + HOUR_MS // 2),
            **values,
        }
        with self.database.write() as connection:
            rows.write_as_hub(connection, self.clock(), "slot", site_id, slot_id, slot)
        return slot_id

    def read(self, kind: str, record_id: str, site_id: str = SITE) -> dict[str, Value]:
        with self.database.read() as connection:
            found = rows.read(connection, kind, site_id, record_id)
        assert found is not None, f"no {kind}"
        return found

    def invite(self, site_id: str = SITE, functions: tuple[str, ...] = ("borne",)) -> str:
        with self.database.write() as connection:
            return fleet.invite(connection, self.keys, self.clock(), site_id, functions, ADMIN, self.random)

    def enrol(self, site_id: str = SITE, *, code: str | None = None) -> Signer:
        """Enrols a new terminal the way a terminal does it; without ``code`` with one that costs nothing to verify."""
        code = code or self._quick_code(site_id)
        request, key, incarnation = self.enrol_request(code, verifier=self._verifier_of(code))
        response = self.exchange.answer(request)
        reply = self.genuine(response, EnrolReply)
        return Signer(self, key, reply.certificate, incarnation)

    def enrol_request(
        self, code: str, *, key: Ed25519PrivateKey | None = None, secret: str | None = None,
        verifier: bytes | None = None,
    ) -> tuple[HubRequest, Ed25519PrivateKey, str]:  # fmt: skip
        """The bytes of an enrolment; ``secret`` stands in place of the code's, ``verifier`` of what that derives."""
        invitation = read_code(code)
        assert invitation is not None
        key = key or Ed25519PrivateKey.from_private_bytes(self.random(32))
        terminal_key = signature.public_bytes(key)
        incarnation = new_id(self.clock(), self.random(10))
        fingerprint = signature.hub_fingerprint(self.keys.identity_public, self.keys.root_public)
        verifier = verifier or derive_verifier(secret or invitation.secret, fingerprint)
        body = EnrolRequest(
            invitation=invitation.number,
            terminal_key=to_text(terminal_key),
            incarnation=incarnation,
            proof=to_text(make_proof(verifier, invitation.number, terminal_key, incarnation)),
        ).to_bytes()
        return HubRequest("POST", "/v1/enrol", body, {HEADER_PROTOCOL: str(PROTOCOL)}), key, incarnation

    def _quick_code(self, site_id: str) -> str:
        with self.database.write() as connection:
            return fleet.invite(
                connection, self.keys, self.clock(), site_id, ("borne",), ADMIN, self.random, derive=_quick_verifier
            )

    def _verifier_of(self, code: str) -> bytes | None:
        """What the code's secret derives, which the hub has just derived too: deriving it is slow on purpose."""
        invitation, table = read_code(code), table_of(Invited)
        number = invitation.number if invitation is not None else None
        with self.database.read() as connection:
            text = connection.execute(select(table.c.verifier).where(table.c.number == number)).scalar()
        return None if text is None else from_text(text)

    def genuine(self, response: HubResponse, message: type[Answer], asked: bytes = b"") -> Answer:
        """Checks the hub's signature of an answer and reads it."""
        signed = from_text(response.headers[HEADER_SIGNATURE])
        data = signature.reply_input(response.status, response.body, asked)
        assert signature.verify(self.keys.identity_public, signed, data), "an answer the hub did not sign"
        if message is not RefusalBody:
            assert response.status == 200, RefusalBody.from_bytes(response.body).code
        return message.from_bytes(response.body)

    def refusal(self, response: HubResponse, asked: bytes = b"") -> RefusalBody:
        assert response.status >= 400
        return self.genuine(response, RefusalBody, asked)

    def feed_of(self, part: str = SITE) -> list[tuple[int, str, str]]:
        """``(n, kind, id)`` of every entry of a part, to its end."""
        entries: list[tuple[int, str, str]] = []
        checkpoints: dict[str, int] = {}
        more = True
        while more:
            with self.database.read() as connection:
                page = feed.read_after(connection, checkpoints, [part], "")
            entries += [(entry.n, entry.kind, entry.id) for entry in page.entries]
            checkpoints, more = page.checkpoints, page.more
        return entries


@dataclass
class Signer:
    """A terminal without a store: it signs what it is told to send."""

    hub: Stand
    key: Ed25519PrivateKey
    certificate: Certificate
    incarnation: str
    counter: int = 0
    seq: int = 0
    generation: str | None = None
    checkpoints: dict[str, int] = field(default_factory=dict)
    hlc: HybridClock = field(init=False)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hlc = HybridClock(self.certificate.terminal_no, self.hub.clock)

    @property
    def terminal_id(self) -> str:
        return self.certificate.terminal_id

    def operation(self, kind: str, record_id: str, values: dict[str, Value], **changed: object) -> Operation:
        """The next operation, stamped; the base of a field is the newest stamp this terminal saw of it."""
        self.seq += 1
        stamp = self.hlc.tick()
        fields = {}
        for name, value in values.items():
            fields[name] = FieldChange(value=value, stamp=stamp, base=self.seen.get((record_id, name)))
            self.seen[record_id, name] = stamp
        whole = {
            "seq": self.seq,
            "kind": kind,
            "site_id": self.certificate.site_id,
            "record_id": record_id,
            "fields": fields,
            **changed,
        }
        return Operation.of(**whole)  # type: ignore[arg-type]

    def booking(self, slot_id: str, *, record_id: str | None = None, **values: Value) -> Operation:
        """Asks for a slot."""
        record_id = record_id or new_id(self.hub.clock(), self.hub.random(10))
        return self.operation("booking", record_id, {**self.new_booking(slot_id), **values})

    def new_booking(self, slot_id: str) -> dict[str, Value]:
        return {
            "state": "requested",
            "slot_id": slot_id,
            "reason": "edo",
            "terminal_no": self.certificate.terminal_no,
            "reference_no": self.seq,
            "reference_hash": "scrypt14$x",
            "created_at": utc_text(self.hub.clock()),
        }

    def registration(self, *, record_id: str | None = None, **changed: object) -> Operation:
        """Prepares a registration, without its sealed part unless given."""
        values: dict[str, Value] = {
            "state": "preparee",
            "terminal_no": self.certificate.terminal_no,
            "reference_no": self.seq,
            "reference_hash": "scrypt14$x",
            "notice_version": "2026-11",
            "notice_read_at": utc_text(self.hub.clock()),
            "created_at": utc_text(self.hub.clock()),
        }
        return self.operation(
            "registration", record_id or new_id(self.hub.clock(), self.hub.random(10)), values, **changed
        )

    def request(self, operations: list[Operation] | None = None, **changed: object) -> RoundRequest:
        whole = {
            "terminal_id": self.terminal_id,
            "incarnation": self.incarnation,
            "now_ms": self.hub.clock(),
            "generation": self.generation,
            "checkpoints": self.checkpoints,
            "sealing_key_id": self.hub.keys.sealing.key_id,
            "operations": operations or [],
            **changed,
        }
        return RoundRequest(**whole)  # type: ignore[arg-type]

    def body(self, operations: list[Operation] | None = None, **changed: object) -> bytes:
        """``request`` as a round of protocol 1 bears it."""
        return FieldwiseRequest.of(self.request(operations, **changed)).to_bytes()

    def signed(
        self, body: bytes, *, counter: int | None = None, protocol: str = str(PROTOCOL), path: str = "/v1/round"
    ) -> HubRequest:
        """A signed request; takes the next counter unless one is given."""
        if counter is None:
            self.counter += 1
            counter = self.counter
        bare = HubRequest("POST", path, body)
        signed = self.key.sign(signature.request_input(bare, self.terminal_id, counter))
        headers = {
            HEADER_TERMINAL: self.terminal_id,
            HEADER_COUNTER: str(counter),
            HEADER_PROTOCOL: protocol,
            HEADER_SIGNATURE: to_text(signed),
        }
        return HubRequest("POST", path, body, headers)

    def round(self, operations: list[Operation] | None = None, **changed: object) -> RoundReply:
        """One round that the hub must accept; keeps generation, checkpoints and stamps like a terminal."""
        request = self.signed(self.body(operations, **changed))
        reply = self.hub.genuine(self.hub.exchange.answer(request), FieldwiseReply, asked(request)).plain()
        self.generation, self.checkpoints = reply.generation, reply.checkpoints
        for entry in reply.entries:
            for name, held in entry.fields.items():
                self.hlc.observe(held.stamp)
                self.seen[entry.id, name] = max(held.stamp, self.seen.get((entry.id, name), ""))
        return reply

    def refused(self, operations: list[Operation] | None = None, **changed: object) -> RefusalBody:
        """One round that the hub must refuse."""
        request = self.signed(self.body(operations, **changed))
        return self.hub.refusal(self.hub.exchange.answer(request), asked(request))


def _quick_verifier(secret: str, fingerprint: bytes) -> bytes:
    """In the place of a derivation that is slow on purpose, for the codes that nobody guesses at."""
    return hashlib.sha256(secret.encode() + fingerprint).digest()


def asked(request: HubRequest) -> bytes:
    """The signature of a request, to which its answer is bound."""
    return from_text(request.headers[HEADER_SIGNATURE])


def a_hub(
    home: Path,
    *,
    clock: Clock | None = None,
    demonstration: bool = False,
    random: Callable[[int], bytes] = os.urandom,
    site_id: str = SITE,
) -> Stand:
    """Builds a hub with one administrator and one site in ``home``."""
    clock = clock or Clock()
    keys = HubKeys.create(home, now_ms=clock(), demonstration=demonstration)
    stand = _stand(home, clock, keys, random)
    with stand.database.write() as connection:
        accounts.add_account(connection, clock(), ADMIN, ["administration", "exploitation"], ADMIN)
    stand.add_site(site_id)
    return stand


@contextmanager
def hub_in(home: Path, **changed: object) -> Iterator[Stand]:
    """``a_hub`` that is closed at the end."""
    stand = a_hub(home, **changed)  # type: ignore[arg-type]
    try:
        yield stand
    finally:
        stand.close()


def statements_of(stand: Stand, act: Callable[[], object]) -> list[tuple[str, bool]]:
    """Every statement the hub's database ran during ``act``, and whether it was for many rows at once."""
    from sqlalchemy import event  # noqa: PLC0415

    seen: list[tuple[str, bool]] = []

    def note(_c: object, _k: object, statement: str, _p: object, _x: object, many: bool) -> None:
        seen.append((statement, many))

    engines = stand.database.engines
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    return seen


def line_of(value: object) -> str:
    """A value as the journal keeps it."""
    return json.dumps(value, ensure_ascii=False)


@functools.cache
def an_empty_database() -> bytes:
    """The file of a database at this version's schema, with nothing in it. Migrating costs more than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hub.db"
        database = HubDatabase(path)
        database.migrate()
        database.close()
        return path.read_bytes()


def prepare_database(home: Path) -> None:
    """A database at this version's schema, where there is none: the file of a home, or one on the tests' server."""
    if RUNS_ON[-1] == POSTGRESQL:
        if not (home / NAME).exists():
            MADE.append(postgresql.a_database())
            note_address(home, MADE[-1])
    elif not (home / FILE).exists():
        (home / FILE).write_bytes(an_empty_database())


@contextmanager
def running_on(engine: str) -> Iterator[None]:
    """Hubs that are made meanwhile are on this engine: ``sqlite``, as otherwise, or ``postgresql``."""
    RUNS_ON.append(engine)
    try:
        yield
    finally:
        RUNS_ON.pop()
        while MADE:
            postgresql.give_back(MADE.pop())


def compile_once(engine: Engine, kind: str = "") -> None:
    """Shares what SQLAlchemy has compiled with the engines of this kind before: the tests open thousands of them."""
    dialect, compiled = _COMPILED.setdefault((engine.dialect.loaded_dbapi.__name__, kind), (engine.dialect, {}))
    engine.dialect = dialect
    engine.update_execution_options(compiled_cache=compiled)


_COMPILED: dict[tuple[str, str], tuple[Dialect, dict[Any, Any]]] = {}


def _stand(home: Path, clock: Clock, keys: HubKeys, random: Callable[[int], bytes]) -> Stand:
    prepare_database(home)
    settings = HubSettings(home=home, next_round_s=60)
    database = HubDatabase.open(settings.database_place)
    for engine, kind in zip(database.engines, ("writing", "reading"), strict=True):
        compile_once(engine, kind)
    exchange = Exchange(database, keys, now_ms=clock, settings=settings, random=random)
    return Stand(home, clock, keys, database, exchange, random)
