"""Recordings of sentences, read by a person: found by their very words, so that one never says other words than drawn.

A folder holds the sounds (WAV, or Ogg Opus) and ``index.json``: for each its language, the words exactly as they are
read, who read them and when. Words that change have no recording any more: the terminal's own voice says them, until
somebody has read them anew. The shipped folder may be missing: then there is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from content.errors import CorruptedPack

SHIPPED = Path(__file__).parent / "packs" / "recordings"
INDEX = "index.json"


class Recording(BaseModel):
    """One sound and its words, which are its transcript."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str
    words: Annotated[str, Field(min_length=1)]
    file: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.(wav|ogg)$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    read_by: Annotated[str, Field(min_length=2)]
    read_on: date


_INDEX = TypeAdapter(list[Recording])


class Recordings:
    """What is recorded; read once, never changed."""

    def __init__(self, sounds: Mapping[tuple[str, str], bytes]) -> None:
        self._sounds = dict(sounds)

    @classmethod
    def open(cls, folder: Path = SHIPPED) -> Self:
        """Reads a folder; none where it has no index.

        Raises:
            CorruptedPack: the index is not readable, or a file is missing or altered.
        """
        if not (folder / INDEX).is_file():
            return cls({})
        try:
            listed = _INDEX.validate_json((folder / INDEX).read_bytes())
            sounds = {(one.language, one.words): (one, (folder / one.file).read_bytes()) for one in listed}
        except (OSError, ValidationError):
            raise CorruptedPack(f"Les enregistrements de {folder} ne se lisent pas\u00a0: réinstallez-les.") from None
        for one, data in sounds.values():
            if hashlib.sha256(data).hexdigest() != one.sha256:
                raise CorruptedPack(f"L’enregistrement {one.file} a été modifié ou abîmé\u00a0: réinstallez-le.")
        return cls({key: data for key, (_, data) in sounds.items()})

    def sound(self, words: str, language: str) -> bytes | None:
        """The recording of exactly these words in this language; None where there is none."""
        return self._sounds.get((language, words))
