"""Backups of the hub's database: verified before they count, restored while the hub is stopped.

A backup is ``hub-<date>.db`` and its signed manifest ``hub-<date>.json``: an SQLite file, whatever engine the hub is
on (``sync.hub.snapshot``). It never holds a key:
keys live elsewhere (``sync.hub.keys``) and what visitors typed stays sealed inside it. Only once a
backup is verified does the hub tell its terminals that what it covers is durable: until then they
keep what they sent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, insert, select, update

from sync import signature
from sync.errors import DiskFull, InvalidInput, PointContactError, Refused, StorageError
from sync.hub import accounts, feed, revocations
from sync.hub.database import HubDatabase, upsert
from sync.hub.database_place import FILE, database_of, note_address
from sync.hub.keys import HubKeys, storage_errors, sync_folder, write_private
from sync.hub.snapshot import copy_in, copy_out
from sync.hub.tables import hub_registry
from sync.wire import from_text, to_text

POSITIONS = hub_registry.metadata.tables["hub_position"]
TERMINALS = hub_registry.metadata.tables["hub_terminal"]
CARRIED = ("hub_redrawn", "hub_quarantine")
"""What a person must still see to, and what they have settled, goes with the terminals to the restored hub."""
COPY_STEP_BYTES = 1024 * 1024


class Manifest(BaseModel):
    """What a backup is, signed by the hub's identity.

    Attributes:
        root_key: the hub it belongs to.
        generation: of the hub's history when it was taken.
        taken_ms: milliseconds since 1970.
        counts: rows of every table.
        sha256: of the database file, hexadecimal.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: int = 1
    root_key: str
    generation: str
    taken_ms: int
    counts: dict[str, int]
    sha256: str
    signature: str = ""

    def signing_input(self) -> bytes:
        """The bytes the hub's identity key signs."""
        return b"point-contact/v1/backup\n" + self.model_copy(update={"signature": ""}).model_dump_json().encode()


@dataclass(frozen=True)
class BackupReport:
    """A verified backup: its file, its manifest, and how many positions became durable."""

    path: Path
    manifest: Manifest
    positions: int


@dataclass(frozen=True)
class RestoreReport:
    """A restored hub.

    Attributes:
        generation: the new one.
        taken_ms: when the backup was taken.
        replaced: the database that was in place before, kept under another name.
        terminals_kept: terminals enrolled or revoked after the backup, carried over.
        revocations_whole: false when the list of revoked terminals is lost: a person must go through them.
    """

    generation: str
    taken_ms: int
    replaced: Path | None
    terminals_kept: int
    revocations_whole: bool


def make_backup(
    database: HubDatabase,
    keys: HubKeys,
    now_ms: int,
    who: str,
    *,
    folder: Path | None = None,
    copy: Callable[[HubDatabase, Path], dict[str, int]] | None = None,
) -> BackupReport:
    """Copies the database while the hub works, verifies the copy, then tells what is durable.

    Args:
        database: the hub's, in use.
        keys: the hub's; they sign the manifest and are not in the backup.
        now_ms: milliseconds since 1970.
        who: a named person with the role ``exploitation``.
        folder: where to write; ``backups`` in the hub's home by default.
        copy: how the database is copied; ``copy_whole`` by default.

    Raises:
        Refused: ``who`` may not do this.
        StorageError, DiskFull: the copy failed or does not equal the original; nothing became durable.
    """
    with database.read() as connection:
        accounts.require(connection, who, accounts.EXPLOITATION)
        generation = feed.read_generation(connection)
    place = folder or keys.home / "backups"
    path = _free_name(place, now_ms)
    partial = path.with_suffix(".part")
    with storage_errors("écrire la sauvegarde"), _sqlite_sentences():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            counts = (copy or copy_whole)(database, partial)
            _verify_database(partial, counts)
            positions = _positions_in(partial)
            manifest = _sign(keys, _describe(keys, generation, now_ms, counts, partial))
            write_private(path.with_suffix(".json"), manifest.model_dump_json(indent=1).encode() + b"\n")
            partial.replace(path)
            sync_folder(place)
        finally:
            partial.unlink(missing_ok=True)
    with database.write() as connection:
        count = _announce(connection, positions)
        accounts.audit(connection, now_ms, who, "backup", path.name, manifest.sha256)
    return BackupReport(path, manifest, count)


def copy_whole(database: HubDatabase, target: Path) -> dict[str, int]:
    """A copy of the file, or a file made of what a server holds; on the disk. Returns the rows of every table."""
    if database.path is not None:
        return copy_database(database.path, target)
    _make_private(target)
    counts = copy_out(database, target)
    _sync_file(target)
    return counts


def _describe(keys: HubKeys, generation: str, taken_ms: int, counts: dict[str, int], copy: Path) -> Manifest:
    """What the manifest of a copy says, not signed yet."""
    return Manifest(
        root_key=to_text(keys.root_public),
        generation=generation,
        taken_ms=taken_ms,
        counts=counts,
        sha256=_hash(copy),
    )


def restore(
    home: Path,
    keys: HubKeys,
    backup: Path,
    now_ms: int,
    who: str,
    *,
    random: Callable[[int], bytes] = os.urandom,
    address: str | None = None,
) -> RestoreReport:
    """Puts a verified backup in the place of the hub's database, under a new generation.

    The caller holds the hub's lock: the hub is stopped. What is replaced is kept beside it, as a file in the home. Its
    terminals are carried over when it can still be read: enrolled ones need no new code, and no request of theirs
    can be played again. Revoked ones stay revoked, by the list beside the keys as well.

    Args:
        home: of the hub.
        keys: the hub's.
        backup: the file ``hub-<date>.db``, its manifest beside it.
        now_ms: milliseconds since 1970.
        who: a named person with the role ``administration``.
        random: source of random bytes.
        address: of an empty PostgreSQL database to which the hub moves, and which is noted in its home.

    Raises:
        InvalidInput: no such backup, or no manifest; another program is at work in the server's database; or the one
            at ``address`` holds a hub.
        Refused: of another hub, altered, or ``who`` may not do this.
        StorageError, DiskFull: damaged, or it cannot be written; the present database is untouched.
    """
    manifest = read_manifest(backup, keys)
    present = database_of(home)
    fresh = home / "hub.db.being-restored"
    with storage_errors("restaurer la sauvegarde"), _sqlite_sentences():
        _remove_database(fresh)
        try:
            shutil.copyfile(backup, fresh)
            if _hash(fresh) != manifest.sha256:
                raise Refused("altered", "Cette sauvegarde a été modifiée : prenez-en une autre, rien n’a été changé.")
            _verify_database(fresh, manifest.counts)
            known = _rows_in(present, "hub_terminal")
            generation, carried, whole = _renew(fresh, present, known, keys, now_ms, who, backup.name, random)
            replaced = _put_in_place(home, fresh, present if address is None else address, known, now_ms)
        finally:
            _remove_database(fresh)
    return RestoreReport(generation, manifest.taken_ms, replaced, carried, whole)


def read_manifest(backup: Path, keys: HubKeys) -> Manifest:
    """Reads and checks the manifest beside a backup. Raises InvalidInput or Refused."""
    path = backup.with_suffix(".json")
    if not backup.is_file() or backup.suffix != ".db":
        raise InvalidInput("Cette sauvegarde n’existe pas : donnez le chemin d’un fichier « hub-….db ».")
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
        signed = signature.verify(keys.identity_public, from_text(manifest.signature), manifest.signing_input())
    except (OSError, ValidationError, PointContactError) as error:
        raise InvalidInput(
            f"La fiche {path.name} de cette sauvegarde manque ou n’est pas lisible : copiez-la à côté du fichier."
        ) from error
    if manifest.root_key != to_text(keys.root_public) or not signed:
        raise Refused(
            "other_hub", "Cette sauvegarde n’est pas de ce hub : prenez une des siennes, rien n’a été changé."
        )
    return manifest


def copy_database(source: Path, target: Path) -> dict[str, int]:
    """Copies one consistent view with SQLite's own backup; returns the rows of every table in that view."""
    _make_private(target)
    with contextlib.closing(sqlite3.connect(source, isolation_level=None, timeout=30)) as reading:
        reading.execute("BEGIN")
        counts = _counts(reading)
        with contextlib.closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode=DELETE")
        reading.execute("COMMIT")
    _sync_file(target)
    return counts


def _make_private(target: Path) -> None:
    """An empty file that only its owner reads, whatever was there."""
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _verify_database(path: Path, counts: dict[str, int]) -> None:
    """Reads the copy as a whole and compares it with the original's counts."""
    with contextlib.closing(_open_read_only(path)) as copy:
        sound = [row[0] for row in copy.execute("PRAGMA integrity_check")] == ["ok"]
        if not sound or _counts(copy) != counts:
            raise StorageError("La sauvegarde ne se relit pas : vérifiez le disque, puis recommencez.")


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    tables = [row[0] for row in connection.execute(names)]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608


def _positions_in(path: Path) -> list[tuple[str, str, int]]:
    """How far the copy is with every incarnation of every terminal."""
    with contextlib.closing(_open_read_only(path)) as copy:
        return copy.execute("SELECT terminal_id, incarnation, applied_through FROM hub_position").fetchall()


def _announce(connection: Connection, positions: list[tuple[str, str, int]]) -> int:
    """Moves ``durable_through`` up to what the copy holds, never down."""
    moved = 0
    for terminal_id, incarnation, applied_through in positions:
        where = (POSITIONS.c.terminal_id == terminal_id) & (POSITIONS.c.incarnation == incarnation)
        lower = where & (POSITIONS.c.durable_through < applied_through)
        moved += connection.execute(update(POSITIONS).where(lower).values(durable_through=applied_through)).rowcount
    return moved


def _renew(
    fresh: Path,
    present: str | Path,
    known: Sequence[Mapping[str, Any]],
    keys: HubKeys,
    now_ms: int,
    who: str,
    name: str,
    random: Callable[[int], bytes],
) -> tuple[str, int, bool]:
    """Prepares the restored file before it is put in place: generation, terminals, journal."""
    kept_apart = {name: _rows_in(present, name) for name in CARRIED}
    database = HubDatabase.open(fresh)
    try:
        with database.write() as connection:
            accounts.require(connection, who, accounts.ADMINISTRATION)
            generation = feed.renew_generation(connection, now_ms, random)
            carried = sum(_carry_over(connection, terminal) for terminal in known)
            for table_name, rows in kept_apart.items():
                table = hub_registry.metadata.tables[table_name]
                upsert(connection, table, [row for row in rows if set(row) == set(table.columns.keys())])
            connection.execute(update(TERMINALS).values(heard_through=0, whole_through=0))  # numbers of another history
            connection.execute(
                update(POSITIONS).values(durable_through=POSITIONS.c.applied_through)
            )  # this very backup
            whole = revocations.apply(connection, keys)
            accounts.audit(connection, now_ms, who, "restore", name, generation)
    finally:
        database.close()
    return generation, carried, whole


def _carry_over(connection: Connection, known: Mapping[str, Any]) -> bool:
    """Brings one terminal up to what the replaced database knew: enrolled, revoked, highest counter."""
    where = TERMINALS.c.terminal_id == known["terminal_id"]
    restored = connection.execute(select(TERMINALS).where(where)).mappings().first()
    if restored is None:  # of this generation it has told nothing yet, as those of the backup
        connection.execute(insert(TERMINALS).values({**known, "reported_generation": None}))
        return True
    values: dict[str, Any] = {"counter": max(restored["counter"], known["counter"])}
    revoked_since = restored["revoked_ms"] is None and known["revoked_ms"] is not None
    if revoked_since:
        values |= {"revoked_ms": known["revoked_ms"], "revoked_by": known["revoked_by"]}
    if known.get("incarnation") is not None:
        values["incarnation"] = known["incarnation"]  # it is not put on the list of disks put back a second time
    connection.execute(update(TERMINALS).where(where).values(**values))
    return revoked_since


def _rows_in(present: str | Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table of the database that is replaced; none when it cannot be read any more, or has no such."""
    if isinstance(present, Path) and not present.exists():
        return []
    try:
        database = HubDatabase.open(present, migrate=False)
        try:
            with database.read() as connection:
                rows = connection.exec_driver_sql(f"SELECT * FROM {name}").mappings()  # noqa: S608  (of any schema)
                return [dict(row) for row in rows]
        finally:
            database.close()
    except StorageError:
        return []


def _put_in_place(
    home: Path, fresh: Path, target: str | Path, known: Sequence[Mapping[str, Any]], now_ms: int
) -> Path | None:
    """The last step of a restore, all or nothing; returns what was replaced."""
    if isinstance(target, Path):
        return _switch(home, fresh, now_ms)
    if target == database_of(home):
        return _put_in(home, fresh, target, known, now_ms)
    return _move(home, fresh, target, now_ms)


def _put_in(home: Path, fresh: Path, target: str, known: Sequence[Mapping[str, Any]], now_ms: int) -> Path:
    """Puts what the prepared file holds in the place of what a server does, which becomes a file of the home."""
    replaced = home / f"hub.db.replaced-{_date(now_ms)}"
    database = HubDatabase.open(target)
    try:
        if database.others():
            raise InvalidInput("Un hub travaille encore dans cette base : arrêtez-les tous, puis recommencez.")
        _remove_database(replaced)
        _make_private(replaced)
        copy_out(database, replaced)
        _sync_file(replaced)
        copy_in(fresh, database, known)
    finally:
        database.close()
    sync_folder(home)
    return replaced


def _move(home: Path, fresh: Path, target: str, now_ms: int) -> Path | None:
    """Puts what the prepared file holds into a server's empty database, where the hub is from now on."""
    present = database_of(home)
    database = HubDatabase.open(target)
    try:
        copy_in(fresh, database, None)
    finally:
        database.close()
    note_address(home, target)
    return _set_aside(home, now_ms) if isinstance(present, Path) else None


def _set_aside(home: Path, now_ms: int) -> Path | None:
    """Gives the file of a hub that is somewhere else now another name."""
    present, replaced = home / FILE, home / f"{FILE}.replaced-{_date(now_ms)}"
    if not present.exists():
        return None
    for suffix in ("-wal", "-shm", ""):
        beside = home / f"{FILE}{suffix}"
        if beside.exists():
            beside.replace(home / f"{replaced.name}{suffix}")
    sync_folder(home)
    return replaced


def _switch(home: Path, fresh: Path, now_ms: int) -> Path | None:
    """Puts the prepared file in place in one step; the one it replaces keeps another name."""
    present = home / "hub.db"
    replaced = None
    if present.exists():
        replaced = home / f"hub.db.replaced-{_date(now_ms)}"
        replaced.unlink(missing_ok=True)
        replaced.hardlink_to(present)
        for suffix in ("-wal", "-shm"):
            beside = home / f"hub.db{suffix}"
            if beside.exists():
                beside.replace(home / f"{replaced.name}{suffix}")
    fresh.replace(present)
    present.chmod(0o600)
    sync_folder(home)
    return replaced


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _free_name(place: Path, now_ms: int) -> Path:
    path = place / f"hub-{_date(now_ms)}.db"
    if path.exists():
        raise InvalidInput("Une sauvegarde de cette seconde existe déjà : recommencez dans un instant.")
    return path


def _date(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def _sign(keys: HubKeys, manifest: Manifest) -> Manifest:
    return manifest.model_copy(update={"signature": to_text(keys.identity.sign(manifest.signing_input()))})


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while step := file.read(COPY_STEP_BYTES):
            digest.update(step)
    return digest.hexdigest()


def _open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


@contextlib.contextmanager
def _sqlite_sentences() -> Iterator[None]:
    """Turns the driver's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise DiskFull("Le disque est plein : libérez de la place, puis recommencez la sauvegarde.") from error
        raise StorageError("La base ne se lit pas ou ne s’écrit pas : vérifiez le disque et ses droits.") from error
