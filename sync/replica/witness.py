"""A second counter, outside the database: how far the life of this replica had come when it was last written down.

It stands in the terminal's home beside the database. A database that is put back from an image is behind it, and the
next start knows. It is always written **after** the transaction that it counts is on the disk: a power cut at any
moment leaves it behind the database or level with it, which is no sign of anything. So is a witness that is missing,
torn, or another terminal's. It holds a number and its seal under a key of this terminal, nothing else.
"""

from __future__ import annotations

import contextlib
import hmac
import os
from pathlib import Path

FILE_NAME = "witness"
DIGITS = 20
SEAL_LENGTH = 64


class Witness:
    """The witness of one home. Safe with several threads and several programs.

    Args:
        path: its file; made when there is something to say.
        key: of this terminal, not stored beside it.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._seen = 0
        self._kept = 0

    def read(self) -> int:
        """The life that was witnessed; 0 when there is no genuine witness."""
        try:
            line = self._path.read_bytes()[: DIGITS + SEAL_LENGTH]
        except OSError:
            return 0
        number, seal = line[:DIGITS], line[DIGITS:]
        if not number.isdigit() or not hmac.compare_digest(seal, self._seal(number)):
            return 0
        return int(number)

    def see(self, life: int) -> None:
        """Writes down a life that is on the disk; a smaller one than before is left out.

        Never raises: what was saved stays saved when the witness cannot be written, and the next one counts as well.
        """
        if life <= self._seen:
            return
        number = b"%0*d" % (DIGITS, life)
        with contextlib.suppress(OSError):
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(file, number + self._seal(number), 0)
            finally:
                os.close(file)
            self._seen = life

    def keep(self) -> None:
        """Makes what was written down last through a power cut. Never raises, for the same reason."""
        seen = self._seen
        if seen == self._kept:
            return
        with contextlib.suppress(OSError):
            file = os.open(self._path, os.O_RDONLY)
            try:
                os.fsync(file)
            finally:
                os.close(file)
            self._kept = seen

    def _seal(self, number: bytes) -> bytes:
        return hmac.digest(self._key, b"point-contact/v1/witness|" + number, "sha256").hex().encode()
