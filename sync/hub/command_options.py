"""What the hub's commands share: their options, the open database, and how lists are printed."""

from __future__ import annotations

import contextlib
import fcntl
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from sync.errors import InvalidInput, PointContactError, Refused, StorageError
from sync.hub.database import HubDatabase
from sync.hub.database_place import check_address, note_address
from sync.hub.keys import HubKeys, storage_errors
from sync.hub.settings import HubSettings

Command = TypeVar("Command", bound=Callable[..., Any])

home_option = click.option(
    "--home", required=True, metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path),
    help="Dossier du hub : base, clés, sauvegardes.",
)  # fmt: skip
who_option = click.option(
    "--as", "who", required=True, metavar="NOM", help="Compte de la personne qui agit ; le journal le garde."
)
database_option = click.option(
    "--database", "address", metavar="ADRESSE",
    help="Base PostgreSQL « postgresql://compte@machine/base », notée dans le dossier ; sinon, un fichier SQLite.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Écrire un objet JSON.")
yes_option = click.option("--yes", is_flag=True, help="Faire ce qui est dit, sans quoi rien n’est changé.")
site_option = click.option("--site", "site_id", metavar="SITE", help="Seulement ce site.")
FILE = click.Path(dir_okay=False, path_type=Path)


def now_ms() -> int:
    """Milliseconds since 1970, by this machine's clock."""
    return time.time_ns() // 1_000_000


def options(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Applies several options, listed in the order in which the help shows them."""

    def apply(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return apply


@contextlib.contextmanager
def open_hub(home: Path, *, create: bool = False, address: str | None = None) -> Iterator[HubDatabase]:
    """The database of a hub, closed at the end.

    Args:
        home: the hub's home.
        create: make the database when there is none; otherwise a mistyped folder would become an empty hub.
        address: of the database, noted in the home once it was opened; ``None`` for what is noted there.

    Raises:
        StorageError: there is no hub here, or it cannot be opened.
    """
    settings = HubSettings(home=home, database_url=address)
    place = settings.database_place
    if not create and isinstance(place, Path) and not place.exists():
        raise StorageError(
            "Aucun hub dans ce dossier : vérifiez « --home », ou créez-le avec « point-contact hub keys init »."
        )
    with storage_errors("créer le dossier du hub"):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if address is not None:
        check_address(home, address)
    database = HubDatabase.open(place, busy_timeout_s=settings.busy_timeout_s)
    try:
        if address is not None:
            note_address(home, address)
        yield database
    finally:
        database.close()


def load_keys(home: Path, database: HubDatabase) -> HubKeys:
    """The keys of this hub, refused when they and the database do not go together. Raises StorageError."""
    from sync.hub.app import check_same_hub  # noqa: PLC0415  (it brings the web server, which few commands need)

    keys = HubKeys.load(home)
    check_same_hub(database, keys)
    return keys


@contextlib.contextmanager
def hub_lock(home: Path, *, stopping_for: str) -> Iterator[None]:
    """Holds the hub's lock: taken by ``serve`` for as long as it runs, and by what needs it stopped.

    Raises:
        InvalidInput: another program holds it.
    """
    with storage_errors("verrouiller le dossier du hub"):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (home / "hub.lock").open("ab")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InvalidInput(f"Le hub de ce dossier est en marche : arrêtez-le pour {stopping_for}.") from error
        yield


def confirm(yes: bool) -> None:
    """Stops what was only announced so far, unless the person said yes.

    Raises:
        Refused: ``unconfirmed``; nothing was changed.
    """
    if not yes:
        raise Refused("unconfirmed", "Rien n’est changé : relisez, puis ajoutez « --yes » pour le faire.")


def read_file(path: Path) -> bytes:
    """The bytes of a file given by a person. Raises InvalidInput."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"Le fichier « {path.name} » ne se lit pas : vérifiez son chemin et ses droits.") from error


def print_json(value: object) -> None:
    """Prints one JSON object."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, none: str) -> None:
    """Prints aligned columns, or the sentence ``none`` when there is nothing."""
    if not rows:
        click.echo(none)
        return
    cells = [[str(heading) for heading in headings]] + [
        ["" if cell is None else str(cell) for cell in row] for row in rows
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


class SentenceGroup(click.Group):
    """A group whose refusals are one sentence on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the chosen command."""
        try:
            return super().invoke(ctx)
        except PointContactError as error:
            click.echo(error.message, err=True)
            ctx.exit(1)
