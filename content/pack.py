"""Schema v1 of a screen: one document with all its languages. Pure: no input or output.

A document is written in YAML by editors, checked here and by ``content.lint``, and compiled by ``content.build`` into
one small file per language. French (``fr``) is the source; every other variant keeps the hash of the French it was
made from, so that a stale one shows.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from content.errors import InvalidPack

SCHEMA = "point-contact/screen@1"
SOURCE_LANGUAGE = "fr"
SIMPLE = "fr-simple"
LANGUAGES = (SOURCE_LANGUAGE, SIMPLE)
"""The French a document must have, in one file; every other language has a file of its own beside it."""
TRANSLATED = ("en", "es", "pt", "ar", "uk", "ro", "tr", "fa")
"""Those other languages: the ones of the interface (``kiosk.translations``)."""
EXITS = (
    "@home", "@booking", "@registration", "@contract", "@events", "@offers", "@services", "@who", "@possible", "@staff",
    "@end", "@concerned", "@deadline",
)  # fmt: skip
"""Ways out of a flow: pages of the kiosk, a person (``@staff``), the end of the visit."""
PLACEHOLDERS = (
    "operator",
    "operator_address",
    "privacy_contact",
    "hosting",
    "retention_registration",
    "retention_booking",
    "site_name",
    "site_phone",
)
"""Texts that only the site knows, written {operator} in a text and filled by the kiosk."""
ILLUSTRATIONS = (
    "exemple-semaine", "contrat-utilite", "contrat-signature", "contrat-contenu", "contrat-droits",
    "contrat-engagements", "contrat-probleme", "contrat-preparer",
)  # fmt: skip
"""Drawings the kiosk has. A new one is drawn first, then named here."""
VALUES = ("months",)
"""Numbers of the law with which the kiosk computes, dated and sourced by the screen that holds them."""
WINDOW = "@window:"
"""The exit that opens the guided window at an address of the release: ``@window:inscription``."""
MAX_BLOCKS = 8

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FORBIDDEN = re.compile(r"<[a-zA-Z/!]|\]\(|https?://|\*\*|^#", re.MULTILINE)


def _plain(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError("le texte est nu : ni balise, ni lien, ni adresse, ni mise en forme")
    if text != text.strip():
        raise ValueError("retirez les espaces au début et à la fin")
    rest = _PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        raise ValueError("une accolade n’est pas fermée")
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            raise ValueError(
                f"le mot entre accolades « {name} » n’existe pas ; choisissez parmi {', '.join(PLACEHOLDERS)}"
            )
    return text


def _drawn(name: str) -> str:
    if name not in ILLUSTRATIONS:
        raise ValueError(f"cette illustration n’existe pas ; choisissez parmi {', '.join(ILLUSTRATIONS)}")
    return name


def _computed(name: str) -> str:
    if name not in VALUES:
        raise ValueError(f"cette valeur n’existe pas ; choisissez parmi {', '.join(VALUES)}")
    return name


Text = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_plain)]
Title = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_plain)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
Person = Annotated[str, Field(min_length=2, max_length=120)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]


class Strict(BaseModel):
    """Base of the schema: unknown fields are refused, values are not converted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TextBlock(Strict):
    """A paragraph of one or two sentences."""

    kind: Literal["text"]
    text: Text


class KeyFactBlock(Strict):
    """The one idea of the screen, in one sentence."""

    kind: Literal["keyfact"]
    text: Text


class ListBlock(Strict):
    """Points without order; ``text`` is the line above them."""

    kind: Literal["list"]
    text: Text | None = None
    items: list[Text] = Field(min_length=1, max_length=8)


class StepsBlock(Strict):
    """Points in order, drawn with numbers."""

    kind: Literal["steps"]
    text: Text | None = None
    items: list[Text] = Field(min_length=2, max_length=6)


class ChecklistBlock(Strict):
    """Things to bring or to do; may be printed."""

    kind: Literal["checklist"]
    text: Text | None = None
    items: list[Text] = Field(min_length=1, max_length=10)


class NoticeBlock(Strict):
    """A sentence set apart; ``attention`` where not knowing it would harm the person."""

    kind: Literal["notice"]
    text: Text
    tone: Literal["info", "attention"] = "info"


class LegendItem(Strict):
    """One sign of an illustration."""

    sign: Identifier
    text: Text


class IllustrationBlock(Strict):
    """A drawing that teaches. ``alt`` says in words what it shows and is never optional."""

    kind: Literal["illustration"]
    name: Annotated[str, AfterValidator(_drawn)]
    alt: Text
    text: Text | None = None
    legend: list[LegendItem] = Field(default_factory=list, max_length=6)


class PhoneBlock(Strict):
    """A number to call, or to write to. ``verified_on`` is the day somebody checked it at its source."""

    kind: Literal["phone"]
    number: Annotated[str, Field(pattern=r"^[0-9]{2,5}$|^0[1-9]( [0-9]{2}){4}$")]
    text: Text
    detail: Text | None = None
    by: Literal["call", "sms"] = "call"
    verified_on: date


class TermBlock(Strict):
    """A word and its plain definition, for the glossary."""

    kind: Literal["term"]
    name: Title
    text: Text


Block = Annotated[
    TextBlock | KeyFactBlock | ListBlock | StepsBlock | ChecklistBlock | NoticeBlock | IllustrationBlock | PhoneBlock
    | TermBlock,
    Field(discriminator="kind"),
]  # fmt: skip


class Nav(Strict):
    """A way on: a screen id, one of ``EXITS`` or ``@window:ADDRESS``, with the button's words in every language."""

    to: Annotated[str, Field(pattern=r"^@?[a-z0-9]+(-[a-z0-9]+)*$|^@window:[a-z0-9]+(-[a-z0-9]+)*$")]
    label: dict[str, Title]

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.to.startswith("@") and self.to not in EXITS and not self.to.startswith(WINDOW):
            raise ValueError(f"cette sortie n’existe pas ; choisissez parmi {', '.join(EXITS)}")
        return self


class Source(Strict):
    """Where the words come from: a text in force, or a named page, and the date of the state that was read."""

    label: Annotated[str, Field(min_length=5, max_length=200)]
    read_on: date


class Variant(Strict):
    """The screen in one language.

    ``made_from`` is the hash of the French source (``Document.source_hash``); the French variant has none.
    ``reviewed_by`` stays empty until a reader outside the project has read this variant; ``reviewed_words`` is the hash
    of what a translation said that day (``Document.review_hash``).
    """

    title: Title
    blocks: list[Block] = Field(min_length=1, max_length=80)
    translated_by: Person | None = None
    made_from: Hash | None = None
    reviewed_by: Person | None = None
    reviewed_on: date | None = None
    reviewed_words: Hash | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_review(self.reviewed_by, self.reviewed_on)
        terms = sum(isinstance(block, TermBlock) for block in self.blocks)
        if len(self.blocks) - terms > MAX_BLOCKS:
            raise ValueError(f"un écran porte une idée : {MAX_BLOCKS} blocs au plus")
        return self


def check_review(reviewed_by: str | None, reviewed_on: date | None) -> None:
    """A review has a name and a day. Raises ValueError."""
    if (reviewed_by is None) != (reviewed_on is None):
        raise ValueError("reviewed_by et reviewed_on vont ensemble")


def check_edition(variants: Collection[str], valid_from: date, valid_to: date | None, review_by: date) -> None:
    """What holds for every edition: its French words, and dates that follow each other. Raises ValueError."""
    if SOURCE_LANGUAGE not in variants:
        raise ValueError("variants : la variante française « fr » manque")
    if valid_to is not None and valid_to < valid_from:
        raise ValueError("valid_to est avant valid_from")
    if review_by <= valid_from:
        raise ValueError("review_by est à mettre après valid_from")


class Document(Strict):
    """A screen with all its languages. The same ``id`` may come back with another ``version`` for other dates.

    ``values`` are numbers of the law by their name in ``VALUES``: they change with an edition, never with the program.
    """

    schema_: Literal["point-contact/screen@1"] = Field(alias="schema")
    id: Identifier
    flow: Identifier
    order: Annotated[int, Field(ge=1, le=99)]
    version: Annotated[int, Field(ge=1)]
    owner: Person
    legal: bool
    valid_from: date
    valid_to: date | None
    review_by: date
    values: dict[Annotated[str, AfterValidator(_computed)], Annotated[int, Field(ge=1, le=120)]] = Field(
        default_factory=dict
    )
    source: list[Source]
    nav: list[Nav] = Field(min_length=1, max_length=4)
    variants: dict[str, Variant]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_edition(self.variants, self.valid_from, self.valid_to, self.review_by)
        for nav in self.nav:
            if set(nav.label) != set(self.variants):
                raise ValueError(f"nav vers {nav.to} : un libellé par langue, et seulement pour les langues présentes")
        for language, variant in self.variants.items():
            self._check_variant(language, variant)
        return self

    def _check_variant(self, language: str, variant: Variant) -> None:
        if language == SOURCE_LANGUAGE:
            if variant.made_from is not None or variant.translated_by is not None:
                raise ValueError("variants.fr : la source n’a ni made_from ni translated_by")
        elif variant.made_from is None or variant.translated_by is None:
            raise ValueError(f"variants.{language} : made_from et translated_by sont à remplir")

    def source_hash(self) -> str:
        """Twelve hexadecimal digits over the French words: title, blocks and buttons."""
        return digest(self._words(SOURCE_LANGUAGE))

    def review_hash(self, language: str) -> str:
        """Twelve hexadecimal digits over what a reviewer of ``language`` reads: its words, and of which French."""
        return digest({**self._words(language), "made_from": self.variants[language].made_from})

    def _words(self, language: str) -> dict[str, object]:
        variant = self.variants[language]
        return {
            "title": variant.title,
            "blocks": [block.model_dump(mode="json") for block in variant.blocks],
            "nav": [nav.label[language] for nav in self.nav],
        }

    def stale(self) -> list[str]:
        """Languages whose variant was made from other French words than today's."""
        wanted = self.source_hash()
        return [name for name, v in self.variants.items() if name != SOURCE_LANGUAGE and v.made_from != wanted]

    def overlaps(self, other: Document) -> bool:
        """True when both are valid on some day."""
        starts_before_end = other.valid_to is None or self.valid_from <= other.valid_to
        return starts_before_end and (self.valid_to is None or other.valid_from <= self.valid_to)


def canonical(value: object) -> bytes:
    """The one way to write a value as JSON: sorted keys, no spaces, UTF-8, a final new line."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def digest(value: object) -> str:
    """The first twelve hexadecimal digits of the SHA-256 of ``canonical(value)``."""
    return hashlib.sha256(canonical(value)).hexdigest()[:12]


def texts(model: BaseModel, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text a person may read or hear in ``model``, with the path of its field."""
    for name in type(model).model_fields:
        yield from _texts_of(getattr(model, name), f"{path}.{name}" if path else name, name)


_SHOWN = {"text", "title", "alt", "items", "detail", "label"}


def _texts_of(value: object, path: str, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        yield from texts(value, path)
        if isinstance(value, TermBlock):
            yield f"{path}.name", value.name
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts_of(item, f"{path}.{number}", name)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts_of(item, f"{path}.{key}", name)
    elif isinstance(value, str) and name in _SHOWN:
        yield path, value


def parse(raw: object, file: str) -> Document:
    """Checks one document.

    Args:
        raw: what the YAML file holds.
        file: its name, for the errors.

    Raises:
        InvalidPack: one French line for each fault, naming the file and the field.
    """
    try:
        document = Document.model_validate(raw)
    except ValidationError as error:
        raise InvalidPack(fault_sentences(file, error)) from None
    elsewhere(document.variants, file)
    return document


def elsewhere(variants: Collection[str], file: str) -> None:
    """Raises InvalidPack where another language than French stands in the file of the French."""
    stem = file.removesuffix(".yaml")
    faults = [
        f"{file}, champ « variants.{name} » : une autre langue a son fichier, {stem}.{name}.yaml."
        for name in variants
        if name not in LANGUAGES
    ]
    if faults:
        raise InvalidPack(tuple(faults))


def fault_sentences(file: str, error: ValidationError) -> tuple[str, ...]:
    """One French line for each fault, naming the file and the field; never the value."""
    return tuple(_sentence(file, fault) for fault in error.errors(include_url=False))


_SENTENCES = {
    "missing": "ce champ manque",
    "extra_forbidden": "ce champ n’existe pas dans le format ; retirez-le",
    "string_too_short": "ce texte est vide",
    "string_type": "un texte est attendu (mettez des guillemets)",
    "int_type": "un nombre entier est attendu",
    "bool_type": "true ou false est attendu",
    "date_type": "une date est attendue, par exemple 2027-01-31",
    "list_type": "une liste est attendue",
    "dict_type": "des champs sont attendus",
    "model_type": "des champs sont attendus",
    "string_pattern_mismatch": "ce texte n’a pas la forme attendue",
    "union_tag_invalid": "cette sorte de bloc n’existe pas",
    "union_tag_not_found": "le champ kind manque",
    "too_short": "il manque des éléments",
    "literal_error": "cette valeur n’est pas permise",
}


def _sentence(file: str, fault: object) -> str:
    """One pydantic fault in French."""
    details = fault if isinstance(fault, dict) else {}
    kind, context = str(details["type"]), details.get("ctx", {})
    field = ".".join(str(part) for part in details["loc"]) or "document"
    if kind == "value_error":
        words = str(context["error"])
    elif kind == "string_too_long":
        words = f"ce texte dépasse {context['max_length']} caractères ; coupez-le"
    elif kind == "too_long":
        words = f"{context['max_length']} éléments au plus"
    elif kind in {"greater_than_equal", "less_than_equal"}:
        words = "ce nombre est hors limites"
    else:
        words = _SENTENCES.get(kind, "cette valeur n’est pas utilisable")
    return f"{file}, champ « {field} » : {words}."
