"""A screen or an address in another language than French: one file a language, beside the French. Pure.

The French always stands beside a translation, block by block, so the two have the same blocks and the same numbers. A
translation is of one French text (``made_from``) and a review of one translation (``reviewed_words``): where the words
have changed since, neither counts any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from content.address import Address, AddressVariant
from content.errors import InvalidPack
from content.pack import (
    LANGUAGES,
    SOURCE_LANGUAGE,
    TRANSLATED,
    Block,
    Document,
    Hash,
    IllustrationBlock,
    Person,
    TermBlock,
    Title,
    Variant,
    fault_sentences,
    texts,
)

SCHEMA = "point-contact/translation@1"
MISSING, STALE, UNREVIEWED = "missing", "stale", "unreviewed"
"""Why a text is not shown in a language: there is none, it is of an older French, or it is law that nobody has read."""
LANGUAGES_MIN = 2
"""Law of 4 August 1994, article 4: what is translated beside the French is so into two languages at least."""

_Translated = TypeVar("_Translated", bound=BaseModel)
_SAME = re.compile(r"\d+|\{\w+\}|\b[a-z-]+(?:\.[a-z-]+)*\.(?:fr|eu|org)\b")
"""What is the same in every language: numbers, {placeholders}, names of sites."""


class ScreenTranslation(Variant):
    """A screen in one other language. ``nav`` are the words of its buttons, in the order of the screen's own."""

    schema_: Literal["point-contact/translation@1"] = Field(alias="schema")
    translated_by: Person
    made_from: Hash
    nav: list[Title]


class AddressTranslation(AddressVariant):
    """An address in one other language."""

    schema_: Literal["point-contact/translation@1"] = Field(alias="schema")
    translated_by: Person
    made_from: Hash


def place(file: str) -> tuple[str, str]:
    """The file of the French beside a translation, and the language: ``a/x.en.yaml`` is ``a/x.yaml`` in English."""
    stem, _, language = file.removesuffix(".yaml").rpartition(".")
    return f"{stem}.yaml", language


def file_of(french: str, language: str) -> str:
    """The file in which a variant stands, from the file of the French."""
    return french if language in LANGUAGES else f"{french.removesuffix('.yaml')}.{language}.yaml"


def join_screen(document: Document, raw: object, file: str) -> Document:
    """The document with one language more.

    Raises:
        InvalidPack: one French line for each fault, naming ``file`` and the field.
    """
    language, other = _read(ScreenTranslation, raw, file)
    if len(other.nav) != len(document.nav):
        wanted = f"il faut {len(document.nav)} libellés, un par bouton du français"
        raise InvalidPack((f"{file}, champ « nav » : {wanted}.",))
    nav = [
        way.model_copy(update={"label": {**way.label, language: label}})
        for way, label in zip(document.nav, other.nav, strict=True)
    ]
    return document.model_copy(update={"nav": nav, "variants": {**document.variants, language: other}})


def join_address(address: Address, raw: object, file: str) -> Address:
    """The address with one language more.

    Raises:
        InvalidPack: one French line for each fault, naming ``file`` and the field.
    """
    language, other = _read(AddressTranslation, raw, file)
    return address.model_copy(update={"variants": {**address.variants, language: other}})


def _read(kind: type[_Translated], raw: object, file: str) -> tuple[str, _Translated]:
    """The language of a file and what is translated in it. Raises InvalidPack, as ``join_screen``."""
    language = _language(file)
    try:
        return language, kind.model_validate(raw)
    except ValidationError as error:
        raise InvalidPack(fault_sentences(file, error)) from None


def _language(file: str) -> str:
    _, language = place(file)
    if language not in TRANSLATED:
        advice = f"n’est pas une langue de la borne ; choisissez parmi {', '.join(TRANSLATED)}"
        raise InvalidPack((f"{file} : « {language} » {advice}.",))
    return language


def withheld(*, legal: bool, stale: bool, reviewed: bool) -> str:
    """Why a translation is not shown; "" where it is."""
    if stale:
        return STALE
    return UNREVIEWED if legal and not reviewed else ""


def offered(
    variants: Mapping[str, Variant] | Mapping[str, AddressVariant], stale: Sequence[str], *, legal: bool
) -> list[str]:
    """The other languages in which a release would show this text."""
    return [
        language
        for language, variant in variants.items()
        if language not in LANGUAGES
        and not withheld(legal=legal, stale=language in stale, reviewed=variant.reviewed_by is not None)
    ]


def lonely(languages: Sequence[str], *, legal: bool) -> str:
    """What is wrong where only one other language would be shown beside the French; "" where nothing is."""
    if not languages or len(languages) >= LANGUAGES_MIN:
        return ""
    how = "relu" if legal else "traduit"
    return (
        f"ce texte serait montré en français et en une seule autre langue ({languages[0]}) ; "
        f"la loi du 4 août 1994, article 4, en demande deux au moins. Il faut qu’il soit {how} en une autre encore"
    )


def review_fault(variant: Variant | AddressVariant, wanted: str, now: date) -> tuple[str, str] | None:
    """What is wrong with the marks of a review: the field and the message; ``None`` where nothing is.

    Args:
        variant: in another language.
        wanted: the hash of what it says today (``review_hash``).
        now: today.
    """
    if variant.reviewed_by is None or variant.reviewed_on is None:
        return None
    if variant.reviewed_by == variant.translated_by:
        return "reviewed_by", "qui a traduit ne relit pas sa traduction ; demandez à une autre personne"
    if variant.reviewed_on > now:
        return "reviewed_on", "cette date de relecture est dans le futur"
    if variant.reviewed_words != wanted:
        advice = f'si la relecture vaut pour les mots d’aujourd’hui, écrivez reviewed_words: "{wanted}"'
        return "reviewed_words", f"ce ne sont pas les mots qui ont été relus ; {advice}"
    return None


def differences(source: Document | Address, language: str) -> Iterator[tuple[str, str]]:
    """Field and message of all in which a translation is not built as its French."""
    if isinstance(source, Document):
        yield from _of_screen(source, language)
        return
    french, other = source.variants[SOURCE_LANGUAGE], source.variants[language]
    yield from _number_faults("title", french.title, other.title)
    yield from _number_faults("text", french.text, other.text)


def _of_screen(document: Document, language: str) -> Iterator[tuple[str, str]]:
    french, other = document.variants[SOURCE_LANGUAGE], document.variants[language]
    ours, theirs = [_shape(block) for block in french.blocks], [_shape(block) for block in other.blocks]
    if len(ours) != len(theirs):
        yield "blocks", f"il y a {len(theirs)} blocs, le français en a {len(ours)} ; chacun a son français à côté"
        return
    for number, (one, two) in enumerate(zip(ours, theirs, strict=True)):
        if one != two:
            yield f"blocks.{number}", "ce bloc n’est pas fait comme celui du français (sorte, lignes, numéro, signes)"
            return
    said = dict(texts(other))
    for field, text in texts(french):
        yield from _number_faults(field, text, said[field])
    for number, way in enumerate(document.nav):
        yield from _number_faults(f"nav.{number}", way.label[SOURCE_LANGUAGE], way.label[language])


def _number_faults(field: str, french: str, other: str) -> Iterator[tuple[str, str]]:
    """Numbers, placeholders and names of sites that are not the same in both."""
    ours, theirs = sorted(set(_SAME.findall(french))), sorted(set(_SAME.findall(other)))
    if ours != theirs:
        wanted, found = (", ".join(one) or "rien" for one in (ours, theirs))
        rule = "nombres, accolades et noms de sites sont ceux du français"
        yield field, f"{rule} ; il a {wanted}, ce texte a {found}"


def _shape(block: Block) -> dict[str, object]:
    """A block without its words: what is the same in every language."""
    kept: dict[str, object] = block.model_dump(mode="json")
    words = {"text", "alt", "detail"} | ({"name"} if isinstance(block, TermBlock) else set())
    shape: dict[str, object] = {name: bool(value) if name in words else value for name, value in kept.items()}
    if isinstance(block, IllustrationBlock):
        shape["legend"] = [item.sign for item in block.legend]
    if "items" in shape:
        shape["items"] = len(getattr(block, "items", ()))
    return shape
