"""The encrypted database: fails closed, loses nothing, says what to do."""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.errors import DiskFull, StorageError, WrongKey
from sync.replica import meta
from sync.replica.database import RESERVE_NAME, ReplicaDatabase, driver_of, load_driver

KEY = bytes(range(32))
ROOM = 200_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[ReplicaDatabase]:
    opened = ReplicaDatabase.open(tmp_path / "replica.db", KEY, reserve_bytes=ROOM)
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE notes (n INTEGER PRIMARY KEY, body TEXT)"))
    yield opened
    opened.close()


def add(database: ReplicaDatabase, body: str, *, urgent: bool = False) -> None:
    with database.write(urgent=urgent) as connection:
        connection.execute(text("INSERT INTO notes (body) VALUES (:body)"), {"body": body})


def count(database: ReplicaDatabase) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM notes")).scalar_one())


def test_nothing_on_the_disk_is_readable(database: ReplicaDatabase, tmp_path: Path) -> None:
    add(database, "un mot bien reconnaissable")
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"reconnaissable" not in raw
    assert b"SQLite format" not in raw
    assert b"notes" not in raw
    assert (tmp_path / "replica.db").stat().st_mode & 0o077 == 0


def test_what_is_no_number_and_no_text_is_stored_as_what_it_is(database: ReplicaDatabase) -> None:
    with database.write() as connection:
        raw = driver_of(connection)
        raw.execute("CREATE TABLE kinds (empty, yes, no_)")
        raw.execute("INSERT INTO kinds VALUES (?, ?, ?)", (None, True, False))
        told = raw.execute("SELECT typeof(empty), typeof(yes), yes, typeof(no_), no_ FROM kinds").fetchone()
    assert told == ("null", "integer", 1, "integer", 0)


def test_a_wrong_key_is_told(database: ReplicaDatabase, tmp_path: Path) -> None:
    database.close()
    with pytest.raises(WrongKey, match=r"keys\.json"):
        ReplicaDatabase.open(tmp_path / "replica.db", bytes(32))
    with pytest.raises(WrongKey):
        ReplicaDatabase.open(tmp_path / "replica.db", b"short")
    again = ReplicaDatabase.open(tmp_path / "replica.db", KEY)
    assert count(again) == 0
    again.close()


def test_every_connection_is_set_as_it_must_be(database: ReplicaDatabase) -> None:
    with database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "temp_store", "secure_delete", "foreign_keys", "cipher_status")
        }
    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "temp_store": 2, "secure_delete": 1, "foreign_keys": 1,
        "cipher_status": "1",
    }  # fmt: skip


FOREIGN_LIBRARY = """
import ctypes, sys
ctypes.CDLL(sys.argv[2], ctypes.RTLD_GLOBAL)
{first}
from pathlib import Path
from sync.errors import StorageError
from sync.replica.database import ReplicaDatabase
path = Path(sys.argv[1])
try:
    ReplicaDatabase.open(path, bytes(32)).close()
except StorageError as error:
    print("REFUSED", error.message)
"""


@pytest.mark.parametrize("first", ["import sqlcipher3", ""])
def test_another_sqlite_loaded_first_never_makes_plaintext(tmp_path: Path, first: str) -> None:
    library = ctypes.util.find_library("sqlite3")
    if library is None:
        pytest.skip("no other libsqlite3 on this machine")
    path = tmp_path / "replica.db"
    done = subprocess.run(
        [sys.executable, "-c", FOREIGN_LIBRARY.format(first=first), str(path), library],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    if first:  # the driver was loaded by somebody else, on the wrong library: refused, nothing written
        assert "REFUSED" in done.stdout
        assert "LD_PRELOAD" in done.stdout
        assert not path.exists()
    else:  # we load it ourselves, bound to its own library: encrypted
        assert "REFUSED" not in done.stdout
        assert b"SQLite format" not in path.read_bytes()


def test_threads_lose_nothing(database: ReplicaDatabase) -> None:
    with database.write() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def bump() -> None:
        for _ in range(60):
            with database.write() as connection:
                n = connection.execute(text("SELECT n FROM counter")).scalar_one()
                connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=bump) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 480


def test_two_programs_on_one_file_lose_nothing(database: ReplicaDatabase, tmp_path: Path) -> None:
    """Each reads, then writes what it read plus one: only BEGIN IMMEDIATE keeps them apart."""
    other = ReplicaDatabase.open(tmp_path / "replica.db", KEY, reserve_bytes=ROOM)
    add(database, "0")
    errors: list[StorageError] = []

    def bump(opened: ReplicaDatabase) -> None:
        try:
            for _ in range(40):
                with opened.write() as connection:
                    n = int(connection.execute(text("SELECT body FROM notes")).scalar_one())
                    connection.execute(text("UPDATE notes SET body = :n"), {"n": str(n + 1)})
        except StorageError as error:
            errors.append(error)

    try:
        threads = [threading.Thread(target=bump, args=(opened,)) for opened in (database, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        with database.read() as connection:
            assert connection.execute(text("SELECT body FROM notes")).scalar_one() == "80"
    finally:
        other.close()


def test_a_failed_transaction_leaves_nothing(database: ReplicaDatabase) -> None:
    def fail_half_way() -> None:
        with database.write() as connection:
            connection.execute(text("INSERT INTO notes (body) VALUES ('x')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert count(database) == 0


def test_an_error_shows_no_value(database: ReplicaDatabase) -> None:
    with pytest.raises(StorageError) as caught, database.write() as connection:
        connection.execute(text("INSERT INTO nowhere (body) VALUES (:body)"), {"body": "Jean-Claude"})
    shown = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__cause__}"
    assert "Jean-Claude" not in shown


WRITER = """
import sys
from pathlib import Path
from sqlalchemy import text
from sync.replica.database import ReplicaDatabase
database = ReplicaDatabase.open(Path(sys.argv[1]), bytes(range(32)), reserve_bytes=200_000)
n = int(sys.argv[2])
while True:
    n += 1
    with database.write() as connection:
        connection.execute(text("INSERT INTO notes (n, body) VALUES (:n, :body)"), {"n": n, "body": "x" * 300})
    print(n, flush=True)
"""


def test_fifteen_kills_lose_nothing_that_was_acknowledged(database: ReplicaDatabase, tmp_path: Path) -> None:
    database.close()
    path, acknowledged = tmp_path / "replica.db", 0
    chance = random.Random(7)
    for _ in range(15):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(acknowledged + 1000)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        last = int(writer.stdout.readline())
        time.sleep(chance.random() * 0.05)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().splitlines(keepends=True)
        writer.stdout.close()
        writer.wait()
        acknowledged = max([last, *(int(line) for line in rest if line.endswith("\n"))])
        reopened = ReplicaDatabase.open(path, KEY, reserve_bytes=ROOM)
        with reopened.read() as connection:
            newest = connection.execute(text("SELECT max(n) FROM notes")).scalar_one()
            assert newest >= acknowledged
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        reopened.close()


def test_a_full_database_says_so_and_keeps_what_was_there(database: ReplicaDatabase, tmp_path: Path) -> None:
    add(database, "kept")
    with database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    database.close()
    limited = ReplicaDatabase.open(tmp_path / "replica.db", KEY, reserve_bytes=ROOM)
    try:
        with limited.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DiskFull, match="libérez de la place"):
            add(limited, "y" * 20_000)
        assert not (tmp_path / RESERVE_NAME).exists(), "the reserve was given back"
        assert count(limited) == 1
    finally:
        limited.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("a small disk can only be mounted by root")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], check=False)
    if done.returncode:
        pytest.skip("this machine mounts no tmpfs")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(filler: Path) -> None:
    """Takes all the room that is left, as another program's log would."""
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def add_until_full(database: ReplicaDatabase) -> int:
    """Writes until the disk is full; returns how many writes were acknowledged."""
    for written in range(1000):
        try:
            add(database, "z" * 4000)
        except DiskFull:
            return written
    raise AssertionError("the disk was never full")


def test_on_a_full_disk_rounds_go_on_and_visitors_wait_until_there_is_room(small_disk: Path) -> None:
    filler = small_disk / "other-program.log"
    database = ReplicaDatabase.open(small_disk / "replica.db", KEY, reserve_bytes=800_000)
    try:
        with database.write() as connection:
            connection.execute(text("CREATE TABLE notes (n INTEGER PRIMARY KEY, body TEXT)"))
        add(database, "kept")
        fill(filler)
        written = add_until_full(database)
        assert count(database) == 1 + written
        with pytest.raises(DiskFull):
            add(database, "a visitor's write waits")
        add(database, "a round goes on", urgent=True)
        with database.write(urgent=True) as connection:
            connection.execute(text("DELETE FROM notes WHERE body LIKE 'z%'"))
        filler.unlink()
        add(database, "room again")
        assert (small_disk / RESERVE_NAME).exists()
        assert count(database) == 3
    finally:
        database.close()


def test_what_is_asked_of_the_driver_itself_fails_with_a_sentence_too(database: ReplicaDatabase) -> None:
    with pytest.raises(StorageError) as caught, database.read() as connection:
        meta.read(connection, meta.INCARNATION)  # this database has no such table
    assert "prévenez" in caught.value.message
    with pytest.raises(KeyError), database.read():
        raise KeyError("not an error of the database")


def test_a_checkpoint_empties_the_log(database: ReplicaDatabase, tmp_path: Path) -> None:
    add(database, "x" * 5000)
    assert (tmp_path / "replica.db-wal").stat().st_size > 0
    assert database.checkpoint()
    assert (tmp_path / "replica.db-wal").stat().st_size == 0


def test_the_driver_is_the_encrypting_one() -> None:
    assert load_driver().sqlite_version >= "3.51.3", "older SQLite has the WAL-reset fault"
