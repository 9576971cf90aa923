"""The encrypted database of a terminal: SQLCipher with a raw key, opened so that it fails closed.

The rules and why (measured before this was written):

- another libsqlite3 loaded first makes the driver write **plaintext** without a word: the driver is
  imported with ``RTLD_DEEPBIND``, and every connection proves that it is encrypted before use;
- ``QueuePool`` and ``BEGIN IMMEDIATE``: SQLAlchemy's defaults crash with threads and lose updates;
- ``synchronous=FULL``: what a visitor was told is kept survives a power cut;
- on a full disk even DELETE fails, so a **reserve** file is kept, and dropped when that happens: the
  rounds can go on, and visitors' writes wait until there is room for a new reserve.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, pool

from sync.errors import DiskFull, StorageError, WrongKey
from sync.replica.envelope import DATA_KEY_BYTES

FILE_NAME = "replica.db"
RESERVE_NAME = "reserve.bin"
BUSY_TIMEOUT_MS = 10_000
POOL_SIZE = 8
POOL_TIMEOUT_S = 30
JOURNAL_SIZE_LIMIT_BYTES = 4 * 1024 * 1024
RESERVE_BYTES = 2 * JOURNAL_SIZE_LIMIT_BYTES
ROOM_TO_OPEN_BYTES = 256 * 1024  # the index of the write-ahead log, and to spare
WRITE_WAIT_S = 60

PRAGMAS = (
    "PRAGMA temp_store = MEMORY",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    f"PRAGMA journal_size_limit = {JOURNAL_SIZE_LIMIT_BYTES}",
    "PRAGMA trusted_schema = OFF",
)

NOT_ENCRYPTED = (
    "La base de la borne ne peut pas être chiffrée sur cette machine : une autre bibliothèque SQLite est chargée. "
    "Rien n’a été écrit ; relancez la borne sans LD_PRELOAD et prévenez l’administrateur."
)
WRONG_KEY = "La clé de données n’ouvre pas la base de la borne : remettez le fichier keys.json qui va avec elle."
DISK_FULL = "Le disque de la borne est plein : libérez de la place. Ce qui était déjà enregistré est conservé."


class ReplicaDatabase:
    """One encrypted file, its pool of connections and its reserve. Safe with several threads."""

    def __init__(self, path: Path, engine: Engine, *, reserve_bytes: int = RESERVE_BYTES) -> None:
        self.path = path
        self.engine = engine
        self._reserve = path.with_name(RESERVE_NAME)
        self._reserve_bytes = reserve_bytes
        self._one_writer = threading.Lock()
        self._watching = threading.Lock()
        self._watch: Any = None

    @classmethod
    def open(cls, path: Path, data_key: bytes, *, reserve_bytes: int = RESERVE_BYTES) -> ReplicaDatabase:
        """Opens (or creates) the file and proves that it is encrypted with ``data_key``.

        Args:
            path: the database file; its folder exists.
            data_key: 32 raw bytes.
            reserve_bytes: size of the reserve file beside it.

        Raises:
            WrongKey: the file is encrypted with another key.
            StorageError: no encryption on this machine, or the file cannot be read.
        """
        if len(data_key) != DATA_KEY_BYTES:
            raise WrongKey(WRONG_KEY)  # a shorter hexadecimal key would silently be taken as a passphrase
        driver = load_driver()
        engine = _make_engine(driver, path, data_key)
        database = cls(path, engine, reserve_bytes=reserve_bytes)
        try:
            database._read_first()
        except BaseException:
            engine.dispose()
            raise
        database.restore_reserve()
        return database

    def _read_first(self) -> None:
        """Proves the key. On a full disk even opening needs a little room, which the reserve is there to give."""
        try:
            with self.read():
                self.path.chmod(0o600)
        except StorageError as error:
            if isinstance(error, WrongKey) or _free_bytes(self.path.parent) >= ROOM_TO_OPEN_BYTES:
                raise
            if not self._reserve.exists():
                raise DiskFull(DISK_FULL) from error
            self._reserve.unlink()
            with self.read():
                self.path.chmod(0o600)

    @contextmanager
    def write(self, *, urgent: bool = False) -> Iterator[Connection]:
        """One transaction (BEGIN IMMEDIATE), committed at the exit, rolled back on any error.

        Args:
            urgent: may use the room freed by the reserve; for rounds, which give room back.

        Raises:
            DiskFull: no room; nothing of this transaction was kept, everything before it was.
            StorageError: the database is busy or cannot be written.
        """
        if not urgent and not self.restore_reserve():
            raise DiskFull(DISK_FULL)
        if not self._one_writer.acquire(timeout=WRITE_WAIT_S):
            raise StorageError("La base de la borne est occupée trop longtemps : relancez la borne.")
        try:
            with _sentences(), self.engine.begin() as connection:
                yield connection
        except DiskFull:
            self._drop_reserve()
            raise
        finally:
            self._one_writer.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view for reading. Raises StorageError."""
        with _sentences(), self.engine.connect() as plain:
            connection = plain.execution_options(readonly=True)
            with connection.begin():
                yield connection

    def version(self) -> int:
        """A number that is another one after any commit, of this program or of another; costs some microseconds.

        What was read at one version may be kept until the number changes. Raises StorageError.
        Source: ``PRAGMA data_version``, asked on a connection that itself never writes.
        """
        with self._watching, _sentences():
            if self._watch is None:
                self._watch = self.engine.raw_connection()
                self._watch.detach()  # never lent to anybody else: a connection does not see its own commits
            return int(self._watch.dbapi_connection.execute("PRAGMA data_version").fetchone()[0])

    def checkpoint(self) -> bool:
        """Folds the write-ahead log into the file and empties it; what was deleted is then gone from both.

        Returns False when another connection was reading: a later call will do.
        """
        with _sentences():
            raw = self.engine.raw_connection()
            try:
                cursor = raw.cursor()
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                answer = cursor.fetchone()
                cursor.close()
            finally:
                raw.close()
        return answer is not None and not answer[0]

    def restore_reserve(self) -> bool:
        """Makes the reserve file if it is missing and there is room for it. Returns whether it is there."""
        if self._reserve.exists():
            return True
        try:
            if _free_bytes(self.path.parent) < 2 * self._reserve_bytes:
                return False
            draft = self._reserve.with_suffix(".new")
            with draft.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._reserve_bytes)
            draft.replace(self._reserve)
        except OSError:
            self._reserve.with_suffix(".new").unlink(missing_ok=True)
            return False
        return True

    def _drop_reserve(self) -> None:
        """Gives the reserve's room to the database and folds the log, so that rounds can go on."""
        self._reserve.unlink(missing_ok=True)
        try:
            self.checkpoint()
        except DiskFull:
            return  # still full: the caller is told so already, nothing acknowledged is lost

    def close(self) -> None:
        """Closes every connection."""
        with self._watching:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
        self.engine.dispose()


def driver_of(connection: Connection) -> Any:
    """The driver's own connection, in the same transaction, for the statements of the hot path: a tenth of the cost."""
    raw = connection.connection.driver_connection
    assert raw is not None
    return raw


def _free_bytes(folder: Path) -> int:
    """The room left on a folder's disk for whoever is not root."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def load_driver() -> ModuleType:
    """Imports SQLCipher's driver so that it uses its own SQLite, and proves that it does.

    Raises:
        StorageError: the driver runs on another SQLite, which cannot encrypt.
    """
    before = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_NOW | os.RTLD_DEEPBIND)
    try:
        driver = importlib.import_module("sqlcipher3.dbapi2")
    except ImportError as error:
        raise StorageError("SQLCipher manque sur cette machine : installez la borne avec « make install ».") from error
    finally:
        sys.setdlopenflags(before)
    # It knows numbers and texts; for any other value it searched for an adapter each time, at length: a third of a row.
    driver.register_adapter(bool, int)
    driver.register_adapter(type(None), lambda none: none)
    trial = driver.connect(":memory:")
    try:
        if trial.execute("PRAGMA cipher_version").fetchone() is None:
            raise StorageError(NOT_ENCRYPTED)
    finally:
        trial.close()
    return driver


def _make_engine(driver: ModuleType, path: Path, data_key: bytes) -> Engine:
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: _connect(driver, path, data_key),
        poolclass=pool.QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        readonly = connection.get_execution_options().get("readonly")
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


def _connect(driver: ModuleType, path: Path, data_key: bytes) -> Any:
    """Opens one connection; refuses to hand out one that is not encrypted."""
    connection = driver.connect(
        str(path), timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute(f"PRAGMA key = \"x'{data_key.hex()}'\"")  # always the first statement
        if connection.execute("PRAGMA cipher_version").fetchone() is None:
            raise StorageError(NOT_ENCRYPTED)
        status = connection.execute("PRAGMA cipher_status").fetchone()
        if status is None or str(status[0]) != "1":
            raise StorageError(NOT_ENCRYPTED)
        connection.execute("PRAGMA cipher_log_level = NONE")  # no page numbers on stderr
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except driver.DatabaseError as error:
            if "not a database" in str(error):
                raise WrongKey(WRONG_KEY) from None
            raise
        for pragma in PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _sentences() -> Iterator[None]:
    """Turns the driver's errors into sentences that say what to do."""
    try:
        yield
    except exc.DBAPIError as error:
        raise _sentence_for(error.orig) from error
    except exc.TimeoutError as error:
        raise StorageError("La base de la borne est occupée trop longtemps : relancez la borne.") from error
    except Exception as error:
        if hasattr(error, "sqlite_errorname"):  # of the driver, which was asked without the layer above
            raise _sentence_for(error) from error
        raise


SENTENCES = (
    ("SQLITE_BUSY", "La base de la borne est occupée par un autre programme : réessayez dans un instant."),
    ("SQLITE_LOCKED", "La base de la borne est occupée par un autre programme : réessayez dans un instant."),
    ("SQLITE_READONLY", "La base de la borne ne s’écrit pas : vérifiez les droits du dossier et du disque."),
    ("SQLITE_CANTOPEN", "La base de la borne ne s’ouvre pas : vérifiez le dossier et ses droits d’accès."),
    ("SQLITE_CORRUPT", "La base de la borne est abîmée : prévenez l’administrateur avant de continuer."),
    ("SQLITE_IOERR", "Le disque de la borne est en panne ou plein : prévenez l’administrateur."),
    ("", "La base de la borne a refusé une opération : prévenez l’administrateur."),
)


def _sentence_for(error: BaseException | None) -> StorageError:
    name = str(getattr(error, "sqlite_errorname", ""))
    if name == "SQLITE_FULL":
        return DiskFull(DISK_FULL)
    if name == "SQLITE_NOTADB":
        return WrongKey(WRONG_KEY)
    return StorageError(next(sentence for start, sentence in SENTENCES if name.startswith(start)))
