"""What a schema cannot see: dead ends, long sentences, unexplained acronyms, stale variants, typography. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from content.address import Address
from content.pack import (
    LANGUAGES,
    SIMPLE,
    SOURCE_LANGUAGE,
    WINDOW,
    ChecklistBlock,
    Document,
    IllustrationBlock,
    Variant,
    texts,
)
from content.translation import (
    differences,
    file_of,
    lonely,
    offered,
    review_fault,
)
from content.typography import faults, sentences, typeset, words

WORDS_MAX = {SIMPLE: 12, SOURCE_LANGUAGE: 20}
ALT_MIN_CHARACTERS = 20
REQUIRED_FLOWS = ("urgences", "confidentialite", "confidentialite-complete", "glossaire")
"""Flows the kiosk opens by name: a release without them would leave a button with nothing behind."""
ACRONYMS = {
    "CER": "contrat d’engagement",
    "RSA": "revenu de solidarité active",
    "CAF": "caisse d’allocations familiales",
    "MSA": "mutualité sociale agricole",
    "CCAS": "centre communal d’action sociale",
    "CNIL": "commission nationale de l’informatique et des libertés",
    "RGPD": "règlement général sur la protection des données",
    "SMS": "message écrit",
    "EDO": "entretien d’orientation",
    "CEJ": "contrat d’engagement jeune",
    "QR": "code carré",
}
"""Acronyms and the words that must stand beside them on the same screen. An acronym not listed here is refused."""
UNWELCOME = {
    "veuillez": "dites directement ce qu’il faut faire",
    "usager": "dites « vous » ou « la personne »",
    "!": "pas de point d’exclamation",
}

_ACRONYM = re.compile(r"\b[A-ZÉÈÀ]{2,}\b")
_PERCENT = re.compile(r"\d[\s\u00a0\u202f]?%")


@dataclass(frozen=True)
class Fault:
    """One thing to correct. An "error" refuses the build; a "warning" is said and lets it pass."""

    level: Literal["error", "warning"]
    file: str
    field: str
    message: str

    def __str__(self) -> str:
        """The French line shown by ``content check``."""
        return typeset(f"{self.file}, champ « {self.field} » : {self.message}.")


def lint(
    documents: Sequence[Document], files: Sequence[str], *, now: date, addresses: Sequence[tuple[Address, str]] = ()
) -> list[Fault]:
    """All faults of a release, in the order of its files.

    Args:
        files: name of the file of each document.
        now: the day to judge reviews and ends of validity at.
        addresses: where the guided window may go, each with its file.
    """
    found = list(_of_release(documents))
    for document, file in zip(documents, files, strict=True):
        found.extend(_of_document(document, file, now))
        found.extend(_of_words(document, file))
        found.extend(_of_translations(document, file, now))
    found.extend(_dead_ends(documents, files))
    found.extend(_editions(documents, files))
    found.extend(_windows(documents, files, addresses))
    for address, file in addresses:
        found.extend(_of_address(address, file, now))
        found.extend(_of_translations(address, file, now))
    return found


def _of_translations(source: Document | Address, file: str, now: date) -> Iterator[Fault]:
    """The languages beside the French: of which French they are, how they are built, who reviewed them, how many."""
    stale = [language for language in source.stale() if language not in LANGUAGES]
    for language in (one for one in source.variants if one not in LANGUAGES):
        own, variant = file_of(file, language), source.variants[language]
        if language in stale:
            advice = f'relisez cette traduction puis écrivez made_from: "{source.source_hash()}"'
            message = f"le texte français a changé ; la borne montre le français simple. Ensuite, {advice}"
            yield Fault("warning", own, "made_from", message)
            continue
        review = review_fault(variant, source.review_hash(language), now)
        for field, message in (*differences(source, language), *([review] if review else [])):
            yield Fault("error", own, field, message)
    legal = isinstance(source, Document) and source.legal
    alone = lonely(offered(source.variants, stale, legal=legal), legal=legal)
    if alone:
        yield Fault("error", file, "variants", alone)


def _windows(
    documents: Sequence[Document], files: Sequence[str], addresses: Sequence[tuple[Address, str]]
) -> Iterator[Fault]:
    """Ways into the guided window that open nothing, and two editions of one address with the same number."""
    opened = {address.id for address, _ in addresses if address.url is not None}
    for document, file in zip(documents, files, strict=True):
        for number, nav in enumerate(document.nav):
            if nav.to.startswith(WINDOW) and nav.to.removeprefix(WINDOW) not in opened:
                yield Fault("error", file, f"nav.{number}.to", f"l’adresse de « {nav.to} » n’existe pas")
    for place, (address, file) in enumerate(addresses):
        if any((other.id, other.version) == (address.id, address.version) for other, _ in addresses[:place]):
            yield Fault("error", file, "version", f"l’adresse « {address.id} » a deux éditions {address.version}")


def _of_address(address: Address, file: str, now: date) -> Iterator[Fault]:
    for language in address.absent():
        yield Fault("error", file, f"variants.{language}", "cette langue manque")
    for language in (one for one in address.stale() if one in LANGUAGES):
        advice = f'relisez cette variante puis écrivez made_from: "{address.source_hash()}"'
        yield Fault("error", file, f"variants.{language}.made_from", f"le texte français a changé ; {advice}")
    if max(source.read_on for source in address.source) > now:
        yield Fault("error", file, "source", "une date de lecture est dans le futur")
    if address.valid_to is not None and address.valid_to < now:
        yield Fault("warning", file, "valid_to", "cette adresse n’est plus valable ; la borne ne l’ouvre plus")
    elif address.review_by < now:
        yield Fault("warning", file, "review_by", "la relecture de cette adresse est en retard")
    for language, field, text in address.texts():
        whole = typeset(text).casefold()
        for message in (*_of_text(text, language), *_acronyms(text, whole)):
            yield Fault("error", file_of(file, language), field, message)


def _of_release(documents: Sequence[Document]) -> Iterator[Fault]:
    present = {document.flow for document in documents}
    for flow in REQUIRED_FLOWS:
        if flow not in present:
            yield Fault("error", "release.yaml", "flow", f"aucun écran n’a le parcours « {flow} », que l’appli ouvre")


def _of_document(document: Document, file: str, now: date) -> Iterator[Fault]:
    for language in LANGUAGES:
        if language not in document.variants:
            yield Fault("error", file, f"variants.{language}", "cette langue manque")
    for language in (one for one in document.stale() if one in LANGUAGES):
        advice = f'relisez cette variante puis écrivez made_from: "{document.source_hash()}"'
        yield Fault("error", file, f"variants.{language}.made_from", f"le texte français a changé ; {advice}")
    if document.legal and not document.source:
        yield Fault("error", file, "source", "un écran de droit a une source au moins")
    if document.source and max(source.read_on for source in document.source) > now:
        yield Fault("error", file, "source", "une date de lecture est dans le futur")
    if document.valid_to is not None and document.valid_to < now:
        yield Fault("warning", file, "valid_to", "cet écran n’est plus valable ; il s’affiche comme « à vérifier »")
    elif document.review_by < now:
        yield Fault("warning", file, "review_by", "la relecture est en retard ; l’écran s’affiche comme « à vérifier »")


def _of_words(document: Document, file: str) -> Iterator[Fault]:
    for language, variant in document.variants.items():
        shown = [(f"variants.{language}.{path}", text) for path, text in texts(variant)]
        shown += [(f"nav.{n}.label.{language}", nav.label[language]) for n, nav in enumerate(document.nav)]
        # The French stands beside every other language: it is there that an acronym has its words.
        beside = [text for _, text in texts(document.variants[SOURCE_LANGUAGE])] if language not in LANGUAGES else []
        whole = " ".join(typeset(text) for text in (*(text for _, text in shown), *beside)).casefold()
        own = file_of(file, language)
        for field, text in shown:
            for message in (*_of_text(text, language), *_acronyms(text, whole)):
                yield Fault("error", own, field, message)
        if _lists(variant) != _lists(document.variants[SOURCE_LANGUAGE]):
            message = "les listes à cocher ont le même nombre de lignes dans chaque langue : une coche suit sa ligne"
            yield Fault("error", own, f"variants.{language}.blocks", message)
        for number, block in enumerate(variant.blocks):
            if isinstance(block, IllustrationBlock) and len(block.alt) < ALT_MIN_CHARACTERS:
                field = f"variants.{language}.blocks.{number}.alt"
                yield Fault("error", own, field, "dites en une phrase ce que l’illustration apprend")


def _lists(variant: Variant) -> list[int]:
    """How many lines each checklist has."""
    return [len(block.items) for block in variant.blocks if isinstance(block, ChecklistBlock)]


def _of_text(text: str, language: str) -> Iterator[str]:
    words_max = WORDS_MAX.get(language)
    yield from faults(typeset(text, language), language)
    for sentence in sentences(text):
        count = len(words(sentence))
        if words_max is not None and count > words_max:
            yield f"une phrase de {count} mots, {words_max} au plus ; coupez-la"
    for word, advice in UNWELCOME.items():
        if word in text.casefold():
            yield f"« {word} » est à retirer ; {advice}"
    if _PERCENT.search(text):
        yield "un pourcentage est à retirer ; dites-le en mots"


def _acronyms(text: str, whole: str) -> Iterator[str]:
    for acronym in dict.fromkeys(_ACRONYM.findall(text)):
        if acronym not in ACRONYMS:
            yield f"le sigle {acronym} n’est pas connu ; écrivez ses mots en entier"
        elif ACRONYMS[acronym] not in whole:
            yield f"le sigle {acronym} est seul ; écrivez aussi « {ACRONYMS[acronym]} » sur cet écran"


def _dead_ends(documents: Sequence[Document], files: Sequence[str]) -> Iterator[Fault]:
    """Ways that lead nowhere, and screens from which no way leads out of the flow."""
    known = {document.id for document in documents}
    leads_out = {document.id for document in documents if any(nav.to.startswith("@") for nav in document.nav)}
    grows = True
    while grows:
        more = {d.id for d in documents if d.id not in leads_out and any(nav.to in leads_out for nav in d.nav)}
        grows = bool(more)
        leads_out |= more
    for document, file in zip(documents, files, strict=True):
        for number, nav in enumerate(document.nav):
            if not nav.to.startswith("@") and nav.to not in known:
                yield Fault("error", file, f"nav.{number}.to", f"l’écran « {nav.to} » n’existe pas")
        if document.id not in leads_out:
            yield Fault("error", file, "nav", "cet écran est une impasse ; ajoutez une sortie, par exemple @home")


def _editions(documents: Sequence[Document], files: Sequence[str]) -> Iterator[Fault]:
    """Two editions of one screen never bear the same number, and never hold on the same day."""
    for place, (document, file) in enumerate(zip(documents, files, strict=True)):
        for other in documents[:place]:
            if other.id != document.id:
                continue
            if other.version == document.version:
                yield Fault("error", file, "version", f"l’écran « {document.id} » a deux éditions {other.version}")
            if other.flow != document.flow:
                yield Fault("error", file, "flow", f"l’écran « {document.id} » est dans deux parcours")
            if document.overlaps(other):
                yield Fault("error", file, "valid_from", "une autre édition de cet écran vaut le même jour")
