"""The dictionaries that answers are compressed with before they are sealed: what everybody writes, written once.

A dictionary is data of this package, made by ``packaging/train_seal_dictionary.py`` from people who do not exist. A
sealed text names its own by number; one that was ever used is kept for as long as a text may name it.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import zstandard

from sync.errors import Refused

NEWEST = 1
KNOWN = frozenset({1})
LEVEL = 19
_FORMAT = zstandard.FORMAT_ZSTD1_MAGICLESS


class Dictionary:
    """One dictionary. What it folds bears no magic number, size, checksum or name: the header of the seal says it all.

    Args:
        data: its bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._data = zstandard.ZstdCompressionDict(data)
        self._told = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, format=_FORMAT, write_content_size=False, write_checksum=False, write_dict_id=False
        )

    def fold(self, text: bytes) -> bytes:
        """The text, compressed."""
        return zstandard.ZstdCompressor(dict_data=self._data, compression_params=self._told).compress(text)

    def unfold(self, folded: bytes, bytes_max: int) -> bytes:
        """The inverse of ``fold``. Raises Refused (``malformed``) where there would be more than ``bytes_max``."""
        reader = zstandard.ZstdDecompressor(dict_data=self._data, format=_FORMAT)
        try:
            return reader.decompress(folded, max_output_size=bytes_max)
        except zstandard.ZstdError as error:
            raise Refused("malformed", "Le pli scellé n’est pas lisible.", status=400) from error


@cache
def dictionary(number: int) -> Dictionary:
    """The dictionary of a number. Raises Refused (``suite``) where this version has none."""
    if number not in KNOWN:
        raise Refused("suite", "Ce pli est scellé d’une façon que cette version ne connaît pas : mettez le hub à jour.")
    return Dictionary(resources.files("sync").joinpath("dictionaries", f"seal-{number}.zdict").read_bytes())
