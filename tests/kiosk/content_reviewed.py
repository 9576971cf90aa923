"""The shipped content as it will be once somebody has read every translation again: its marks filled, nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from pydantic import TypeAdapter

from content.build import compile_release, read_sources
from content.pack import LANGUAGES, Document
from content.release import read_index
from content.shelf import ADDRESSES, INDEX, Shelf
from content.view import AddressView, ScreenView

BY, ON = "Association de traducteurs", date(2026, 12, 3)


def _reviewed(document: Document) -> Document:
    marks = {"reviewed_by": BY, "reviewed_on": ON}
    variants = {
        language: variant if language in LANGUAGES else variant.model_copy(update=marks)
        for language, variant in document.variants.items()
    }
    return document.model_copy(update={"variants": variants})


@cache
def reviewed_shelf() -> Shelf:
    """That content, compiled and read as a terminal reads it."""
    sources = read_sources()
    files = compile_release(replace(sources, documents=tuple(map(_reviewed, sources.documents))))
    screens, addresses = TypeAdapter(ScreenView), TypeAdapter(AddressView)
    return Shelf(
        read_index(files[INDEX]),
        [screens.validate_json(data) for path, data in files.items() if path != INDEX and ADDRESSES not in path],
        [addresses.validate_json(data) for path, data in files.items() if path.startswith(ADDRESSES)],
    )
