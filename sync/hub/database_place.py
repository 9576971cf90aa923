"""Where the database of a hub is: the file in its home, or the address that an operator noted there once.

Noted once by ``hub migrate --database`` or ``hub serve --database``, so that every command finds the same database and
none of them makes a second one beside it. The file is readable by its owner only: an address may hold a password.
"""

from __future__ import annotations

from pathlib import Path

from sync.errors import InvalidInput
from sync.hub.database import place_of
from sync.hub.keys import storage_errors, write_private

NAME, FILE = "database.url", "hub.db"


def database_of(home: Path) -> str | Path:
    """The address or the file of a hub's database. Raises StorageError."""
    with storage_errors("lire l’adresse de la base"):
        noted = home / NAME
        return noted.read_text("utf-8").strip() if noted.exists() else home / FILE


def check_address(home: Path, address: str) -> None:
    """Refuses an address that would begin a second, empty hub.

    Raises:
        InvalidInput: not of a PostgreSQL database, or this hub has its own data in a file.
    """
    if isinstance(place_of(address), Path):
        raise InvalidInput("Donnez l’adresse d’une base PostgreSQL : « postgresql://compte@machine/base ».")
    if not (home / NAME).exists() and (home / FILE).exists():
        raise InvalidInput(
            "Ce hub a déjà sa base dans un fichier : sauvegardez-la avec « hub backup », puis portez-la avec "
            "« hub restore SAUVEGARDE --database ADRESSE »."
        )


def note_address(home: Path, address: str) -> None:
    """Notes an address that was opened, for every command. Raises StorageError, DiskFull."""
    if database_of(home) != address:
        with storage_errors("noter l’adresse de la base"):
            write_private(home / NAME, f"{address}\n".encode())
