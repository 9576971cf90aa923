"""Where the machine's secret comes from: the seam to systemd credentials (TPM2 where there is one).

The secret wraps the data key (see ``envelope``). It is never stored in the terminal's home: on a
real terminal systemd unseals it at start (``LoadCredentialEncrypted=point-contact-machine``), in the
demonstration a file outside the home holds it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sync.errors import StorageError

CREDENTIAL_NAME = "point-contact-machine"
FILE_VARIABLE = "POINT_CONTACT_MACHINE_SECRET_FILE"
SECRET_BYTES_MIN = 32


def read_machine_secret(environment: Mapping[str, str] | None = None) -> bytes:
    """Returns the machine's secret, at least 32 bytes.

    Args:
        environment: the process environment, unless given.

    Raises:
        StorageError: no secret is configured, it cannot be read, or it is too short.
    """
    settings = os.environ if environment is None else environment
    path = _secret_path(settings)
    if path is None:
        raise StorageError(
            "Le secret de cette machine manque : lancez la borne par son service systemd, "
            f"ou indiquez son fichier dans {FILE_VARIABLE}."
        )
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise StorageError(
            "Le secret de cette machine ne se lit pas : vérifiez le fichier et ses droits d’accès."
        ) from error
    if len(secret) < SECRET_BYTES_MIN:
        raise StorageError(
            f"Le secret de cette machine est trop court : il faut au moins {SECRET_BYTES_MIN} octets tirés au hasard."
        )
    return secret


def _secret_path(settings: Mapping[str, str]) -> Path | None:
    folder = settings.get("CREDENTIALS_DIRECTORY")
    if folder and (Path(folder) / CREDENTIAL_NAME).is_file():
        return Path(folder) / CREDENTIAL_NAME
    named = settings.get(FILE_VARIABLE)
    return Path(named) if named else None
