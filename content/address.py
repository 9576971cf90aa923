"""Schema v1 of an address: where the guided window of a terminal may go, and for what. Pure: no input or output.

No address stands in the program: an editor writes it here with its source and its dates, like every other text.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, model_validator

from content.errors import InvalidPack
from content.pack import (
    LANGUAGES,
    SOURCE_LANGUAGE,
    Hash,
    Identifier,
    Person,
    Source,
    Strict,
    Text,
    Title,
    check_edition,
    check_review,
    digest,
    elsewhere,
    fault_sentences,
)

SCHEMA = "point-contact/address@1"
PURPOSES = ("registration", "account", "documents", "video")
"""What a visitor does there. « video » alone may use camera and microphone."""
SHARED_DOMAINS = ("gouv.fr", "asso.fr", "com.fr", "nom.fr", "prd.fr", "tm.fr", "co.uk", "github.io", "web.app")
"""Domains below which strangers have their own: too wide to be allowed as a whole."""


def _host(entry: str) -> str:
    bare = entry.removeprefix(".")
    if entry.startswith(".") and (bare in SHARED_DOMAINS or bare.count(".") < 1):
        raise ValueError(f"le domaine « {bare} » est trop large ; écrivez un hôte ou un domaine plus précis")
    return entry


Host = Annotated[
    str,
    Field(pattern=r"^\.?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$", max_length=253),
    AfterValidator(_host),
]
"""``www.example.fr`` is that host only; ``.example.fr`` is that domain and all below it."""


class AddressVariant(Strict):
    """An address in one language: what one does there, in a title and a sentence."""

    title: Title
    text: Text
    translated_by: Person | None = None
    made_from: Hash | None = None
    reviewed_by: Person | None = None
    reviewed_on: date | None = None
    reviewed_words: Hash | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_review(self.reviewed_by, self.reviewed_on)
        return self


class Address(Strict):
    """An address with all its languages. A video provider has hosts only: each appointment brings its own link."""

    schema_: Literal["point-contact/address@1"] = Field(alias="schema")
    id: Identifier
    version: Annotated[int, Field(ge=1)]
    owner: Person
    purpose: Literal["registration", "account", "documents", "video"]
    url: Annotated[str, Field(max_length=500)] | None = None
    hosts: list[Host] = Field(min_length=1, max_length=40)
    valid_from: date
    valid_to: date | None
    review_by: date
    source: list[Source] = Field(min_length=1)
    variants: dict[str, AddressVariant]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_edition(self.variants, self.valid_from, self.valid_to, self.review_by)
        if (self.url is None) != (self.purpose == "video"):
            raise ValueError("url : à donner partout, sauf pour la visio, dont chaque rendez-vous apporte son lien")
        if self.url is not None:
            self._check_url(self.url)
        for language, variant in self.variants.items():
            translated = variant.made_from is not None and variant.translated_by is not None
            if translated == (language == SOURCE_LANGUAGE):
                raise ValueError(f"variants.{language} : made_from et translated_by, pour une traduction seulement")
        return self

    def _check_url(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" or "@" in parts.netloc or ":" in parts.netloc:
            raise ValueError("url : une adresse commence par https:// et n’a ni nom ni port")
        if not any(fits(parts.netloc, entry) for entry in self.hosts):
            raise ValueError("url : son hôte n’est pas dans hosts")

    def source_hash(self) -> str:
        """Twelve hexadecimal digits over the French words."""
        french = self.variants[SOURCE_LANGUAGE]
        return digest({"title": french.title, "text": french.text})

    def review_hash(self, language: str) -> str:
        """Twelve hexadecimal digits over what a reviewer of ``language`` reads: its words, and of which French."""
        variant = self.variants[language]
        return digest({"title": variant.title, "text": variant.text, "made_from": variant.made_from})

    def stale(self) -> list[str]:
        """Languages whose variant was made from other French words than today's."""
        wanted = self.source_hash()
        return [name for name, v in self.variants.items() if name != SOURCE_LANGUAGE and v.made_from != wanted]

    def absent(self) -> list[str]:
        """Languages every document has and this one has not."""
        return [language for language in LANGUAGES if language not in self.variants]

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Language, field and text of everything a person reads of it."""
        for language, variant in self.variants.items():
            yield language, f"variants.{language}.title", variant.title
            yield language, f"variants.{language}.text", variant.text


def fits(host: str, entry: str) -> bool:
    """True when ``host`` is allowed by one entry of ``hosts``."""
    return host == entry.removeprefix(".") or (entry.startswith(".") and host.endswith(entry))


def is_address(raw: object) -> bool:
    """True for a document of this schema, whatever else is wrong with it."""
    return isinstance(raw, dict) and raw.get("schema") == SCHEMA


def parse_address(raw: object, file: str) -> Address:
    """Checks one address.

    Raises InvalidPack: one French line for each fault, naming the file and the field.
    """
    try:
        address = Address.model_validate(raw)
    except ValidationError as error:
        raise InvalidPack(fault_sentences(file, error)) from None
    elsewhere(address.variants, file)
    return address
