"""Every option of the hub, its unit and its default. Nothing is read from the environment."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from sync.errors import InvalidInput
from sync.escrow import TAKES_PER_HOUR, Stock
from sync.hub.database_place import database_of
from sync.message import BODY_BYTES_MAX


@dataclass(frozen=True)
class RetentionTerms:
    """How long the hub keeps what it was told, in days; the reasons and their sources are docs/decisions/0017.

    Attributes:
        booking_days: after its hour, until an appointment and what was typed with it are destroyed; 7 by default, as
            the privacy notice says.
        slot_days: after its end, until an hour without any appointment left, its places and an event are; 30 by
            default.
        sealed_days: after it came, until what was typed for a registration is; 15 by default, as France Travail's own
            draft. One that nobody has forwarded or closed is not destroyed: it is on the list of what a person settles.
        closed_days: after it was closed or taken back, until the rest of a registration is; 30 by default.
        unknown_days: after it was made, until an appointment or a place of an unknown hour is; 180 by default.
        untold_days: how much later a record goes of which a terminal of the site has not heard the last word; 30 by
            default.
        early_days: how long a change waits for its record before a person is asked; 30 by default.
        settled_days: after somebody settled it, until a line of the journal or of the quarantine is; 180 by default, as
            logs.
        counts_days: after their day, until the counts of what visitors said are; 400 by default, so that a month may be
            compared with the same one a year before.
    """

    booking_days: int = 7
    slot_days: int = 30
    sealed_days: int = 15
    closed_days: int = 30
    unknown_days: int = 180
    untold_days: int = 30
    early_days: int = 30
    settled_days: int = 180
    counts_days: int = 400


@dataclass(frozen=True)
class HubSettings:
    """How one hub runs.

    Attributes:
        home: folder of everything the hub keeps: ``hub.db``, ``keys/``, ``backups/``.
        host: address to listen on; ``127.0.0.1`` by default, behind a proxy that ends TLS.
        port: TCP port; 8560 by default.
        public_url: what visitors' phones reach, for the slip's QR; ``None`` when there is none.
        database_url: ``None`` for what is noted in ``<home>/database.url``, or else for ``<home>/hub.db``; otherwise an
            SQLAlchemy URL, which decides the engine.
        workers: how many processes answer; 1 by default, and more on PostgreSQL only.
        next_round_s: seconds until a terminal's next round, told in every answer; 300 by default. Above half of
            ``rounds_at_once`` it grows, up to six times.
        rounds_at_once: rounds that one process takes at once; others are asked to come back later; 200 by default.
        grants_per_terminal: places of slots that one terminal may promise with no network; 6 by default, 0 for none.
        seats_per_terminal: seats of events that one terminal may promise with no network; 6 by default, 0 for none.
        takes_per_hour: places that the terminals of one site may take on line in an hour; 12 by default, 0 for none.
        requests_per_hour: requests of one site that the hub confirms in an hour, so that nobody empties its month; 24
            by default, twice what is taken on line. What is above is answered in its turn, an hour later or more.
        requests_per_terminal: the same for the requests of one terminal; 12 by default, as many as its stock of places
            may be filled with in an hour.
        body_bytes_max: largest accepted request body, in bytes; 4 MiB by default.
        body_timeout_s: seconds a request may take to send its body; 30 by default.
        busy_timeout_s: seconds a write waits for another writer before ``busy``; 10 by default.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8560
    public_url: str | None = None
    database_url: str | None = None
    workers: int = 1
    next_round_s: int = 300
    rounds_at_once: int = 200
    grants_per_terminal: int = Stock().per_terminal
    seats_per_terminal: int = Stock().seats_per_terminal
    takes_per_hour: int = TAKES_PER_HOUR
    requests_per_hour: int = 2 * TAKES_PER_HOUR
    requests_per_terminal: int = Stock.refills * Stock.per_terminal
    body_bytes_max: int = BODY_BYTES_MAX
    body_timeout_s: float = 30.0
    busy_timeout_s: float = 10.0

    @property
    def database_place(self) -> str | Path:
        """The URL or the file of the database. Raises StorageError: what is noted in the home cannot be read."""
        return self.database_url or database_of(self.home)

    @property
    def keys_place(self) -> Path:
        """The folder of the keys."""
        return self.home / "keys"

    @property
    def backups_place(self) -> Path:
        """The folder of the backups."""
        return self.home / "backups"

    @property
    def stock(self) -> Stock:
        """How much a terminal is given to promise with no network."""
        return Stock(per_terminal=self.grants_per_terminal, seats_per_terminal=self.seats_per_terminal)

    def check_listening(self, demonstration: bool) -> None:
        """Refuses to show a demonstration's hub outside this machine.

        Raises:
            InvalidInput: the keys are a demonstration's and ``host`` is not a loopback address.
        """
        if demonstration and not is_loopback(self.host):
            raise InvalidInput(
                "Ce hub a des clés de démonstration : il n’écoute que sur cette machine, "
                "relancez-le avec « --host 127.0.0.1 »."
            )


def is_loopback(host: str) -> bool:
    """True when ``host`` is this machine only. A name other than ``localhost`` is not trusted to be."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
