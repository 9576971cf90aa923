"""Errors of the sync rooms. Each one carries a French sentence that says what to do.

The tree::

    PointContactError             a sentence for the operator, exit status 1
    ├── InvalidInput              what was typed or given is not usable
    │   ├── UnknownReference      it may be a reference, but nothing here bears it
    │   ├── TooManyTries          too many wrong references: locked for a while
    │   └── HoldLost              the hour that was kept for a visit can be promised no more
    ├── Refused                   the other end said no, with a stable code
    │   └── Gap                   operations are missing before these; carries the number wanted
    ├── HubUnreachable            no answer at all: everything is kept, a later round will do
    ├── UntrustedHub              the answer does not come from the hub this terminal was enrolled at
    ├── StorageError              the encrypted store cannot be opened or written
    │   ├── WrongKey              the data key does not open the database
    │   └── DiskFull              no space left; nothing acknowledged was lost
    └── NotEnrolled               the terminal has no identity yet

Messages never hold a value typed by a visitor.
"""

from __future__ import annotations


class PointContactError(Exception):
    """Base of all errors shown to a person.

    Args:
        message: one French sentence that says what to do.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(PointContactError):
    """What was typed or given is not usable."""


class UnknownReference(InvalidInput):
    """It may be a reference, but no record here bears it."""


class NoRoom(PointContactError):
    """The hub tells no address for this video appointment; ``because`` is its code (docs/protocol.md §11)."""

    def __init__(self, because: str) -> None:
        super().__init__("Ce rendez-vous vidéo ne peut pas être ouvert maintenant. Demandez à l’accueil.")
        self.because = because


class TooManyTries(InvalidInput):
    """Too many wrong references were typed: the search is locked for a while."""


class HoldLost(InvalidInput):
    """The hour that was kept for a visit can be promised no more; nothing was written."""


class Refused(PointContactError):
    """The other end refused, with a stable ``code`` (see docs/protocol.md §7).

    ``retry_s``: seconds after which it wants to be asked again, ``None`` when it does not say.
    """

    def __init__(
        self, code: str, message: str, *, status: int = 409, now_ms: int | None = None, retry_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.now_ms = now_ms
        self.retry_s = retry_s


class Gap(Refused):
    """Operations are missing before these; ``wanted`` is the first missing number."""

    def __init__(self, message: str, *, wanted: int, now_ms: int | None = None) -> None:
        super().__init__("gap", message, status=409, now_ms=now_ms)
        self.wanted = wanted


class HubUnreachable(PointContactError):
    """No answer at all. Everything is kept and a later round will do."""


class UntrustedHub(PointContactError):
    """The answer is not signed by the hub this terminal was enrolled at."""


class StorageError(PointContactError):
    """The store cannot be opened or written."""


class WrongKey(StorageError):
    """The data key does not open the database."""


class DiskFull(StorageError):
    """No space left on the disk; nothing acknowledged was lost."""


class NotEnrolled(PointContactError):
    """This home holds no enrolled terminal."""
