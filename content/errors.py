"""Errors of the content room. Each one carries a French sentence that says what to do.

The tree::

    ContentError          a sentence for the operator, exit status 1
    ├── InvalidPack       a source file is not usable; names the file and the field
    ├── CorruptedPack     a compiled file is missing or is not the one the index announced
    └── UnknownScreen     no screen of this name, flow or language in the pack
"""

from __future__ import annotations

from content.typography import typeset


class ContentError(Exception):
    """Base of all errors of this room.

    Args:
        message: one French sentence that says what to do; its typography is put right here.
    """

    def __init__(self, message: str) -> None:
        self.message = typeset(message)
        super().__init__(self.message)


class InvalidPack(ContentError):
    """Source files are not usable; ``faults`` holds one French line for each fault."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(typeset(fault) for fault in faults)


class CorruptedPack(ContentError):
    """A compiled file is missing, or is not the one the index announced."""


class UnknownScreen(ContentError):
    """No screen of this name, flow or language in the pack."""


class UnknownAddress(ContentError):
    """No address of this name that is valid today."""
