"""The files of a stick on its disk, for both ends: found, read within limits, and written so that a stick that is
pulled out holds either the file of before or the whole new one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path

from sync.errors import DiskFull, InvalidInput, StorageError
from sync.stick_file import FILE_BYTES_MAX, SUFFIX

MARGIN_BYTES = 64 * 1024
PART = ".part"


def check_folder(folder: Path) -> None:
    """Raises InvalidInput unless ``folder`` is one."""
    if not folder.is_dir():
        raise InvalidInput(
            "Ce dossier n’existe pas : branchez la clé USB, attendez qu’elle s’ouvre, et donnez le chemin de son "
            "dossier."
        )


def files_in(folder: Path) -> list[Path]:
    """The files of this program on a stick, by name. Raises InvalidInput."""
    check_folder(folder)
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and not path.name.startswith("."))
    except OSError as error:
        raise InvalidInput("La clé USB ne se lit pas : rebranchez-la, ou essayez-en une autre.") from error


def read_file(path: Path) -> bytes:
    """The bytes of one file, which somebody else wrote: a plain one, and not an endless one.

    Raises:
        InvalidInput: it cannot be read, or it is too large to be ours.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > FILE_BYTES_MAX:
                raise InvalidInput("Ce fichier n’est pas un envoi de Point Contact : rien n’en a été pris.")
            return file.read(FILE_BYTES_MAX)
    except OSError as error:
        raise InvalidInput("Ce fichier ne se lit pas : rebranchez la clé USB, ou essayez-en une autre.") from error


def write_file(path: Path, content: bytes) -> None:
    """Writes one file so that it is either whole or as before, and on the stick when this returns.

    Raises:
        DiskFull: there is no room on it; what was there is as it was.
        StorageError: it cannot be written.
    """
    part = path.with_name(path.name + PART)
    try:
        if shutil.disk_usage(path.parent).free < len(content) + MARGIN_BYTES:
            raise _full()
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with contextlib.suppress(OSError):  # where the stick knows no owners
                os.fchmod(file.fileno(), 0o644)  # it is sealed, and read by another account on another machine
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise _full() from error
        raise StorageError(
            "La clé USB ne s’écrit pas : vérifiez qu’elle n’est pas protégée, rebranchez-la, ou essayez-en une autre."
        ) from error


def _full() -> DiskFull:
    return DiskFull("La clé USB est pleine : libérez de la place, ou prenez-en une autre, puis recommencez.")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some file systems of sticks cannot do this to a folder
            raise
    finally:
        os.close(descriptor)
