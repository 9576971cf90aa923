"""A small sound release that each test breaks in one place."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from content.build import Sources
from content.lint import REQUIRED_FLOWS
from content.pack import Document, parse
from content.release import Header
from content.translation import join_screen

TODAY = date(2027, 1, 15)
HEADER = {"schema": "point-contact/release@1", "release": "2027.1.1", "seq": 3, "issued": date(2027, 1, 1)}

_RAW: dict[str, Any] = {
    "schema": "point-contact/screen@1",
    "id": "essai",
    "flow": "contrat",
    "order": 1,
    "version": 1,
    "owner": "Équipe Point Contact",
    "legal": True,
    "valid_from": date(2027, 1, 1),
    "valid_to": None,
    "review_by": date(2027, 7, 1),
    "source": [{"label": "Code du travail, article L. 5411-6", "read_on": date(2026, 11, 1)}],
    "nav": [{"to": "@home", "label": {"fr": "Revenir", "fr-simple": "Revenir"}}],
    "variants": {
        "fr": {"title": "Vos droits", "blocks": [{"kind": "text", "text": "Un référent unique vous suit."}]},
        "fr-simple": {
            "title": "Vos droits",
            "blocks": [{"kind": "text", "text": "Une personne vous suit."}],
            "translated_by": "Équipe Point Contact",
            "made_from": "0" * 12,
        },
    },
}


def raw(**changes: Any) -> dict[str, Any]:
    """A document as YAML gives it, up to date, with top-level ``changes``."""
    document = copy.deepcopy(_RAW)
    document.update(changes)
    return stamped(document)


def stamped(document: dict[str, Any]) -> dict[str, Any]:
    """The same with its simple variant made from today's French."""
    simple = document["variants"].get("fr-simple")
    if simple is not None and "fr" in document["variants"]:
        simple["made_from"] = parse(document, "essai.yaml").source_hash()
    return document


def with_block(block: dict[str, Any], language: str = "fr") -> dict[str, Any]:
    """A document whose only block in ``language`` is this one; stamped where the schema lets it."""
    document = copy.deepcopy(_RAW)
    document["variants"][language]["blocks"] = [block]
    return document


def complete(*documents: dict[str, Any]) -> list[Document]:
    """These documents and one screen of each flow that a release must have."""
    parsed = [parse(stamped(copy.deepcopy(document)), "essai.yaml") for document in documents]
    others = [parse(raw(id=f"base-{flow}", flow=flow), f"{flow}.yaml") for flow in REQUIRED_FLOWS]
    return [*parsed, *others]


def translation(document: Document, **changes: Any) -> dict[str, Any]:
    """A translation of ``document`` as its file gives it, built as the French and made from it; nobody reviewed it."""
    french = document.variants["fr"]
    return {
        "schema": "point-contact/translation@1",
        "translated_by": "Équipe Point Contact",
        "made_from": document.source_hash(),
        "title": french.title,
        "nav": [way.label["fr"] for way in document.nav],
        "blocks": [block.model_dump() for block in french.blocks],
        **changes,
    }


def joined(document: Document, **languages: dict[str, Any]) -> Document:
    """``document`` with these languages more, each with its changes to ``translation``."""
    for language, changes in languages.items():
        document = join_screen(document, translation(document, **changes), f"essai.{language}.yaml")
    return document


def reviewed(document: Document, **languages: dict[str, Any]) -> Document:
    """The same with each of them reviewed, and its words as they were that day."""
    marks = {"reviewed_by": "Une lectrice", "reviewed_on": date(2027, 1, 2)}
    for language, changes in languages.items():
        words = {**translation(document, **changes), **marks}
        wanted = join_screen(document, words, f"essai.{language}.yaml").review_hash(language)
        document = join_screen(document, {**words, "reviewed_words": wanted}, f"essai.{language}.yaml")
    return document


def of_documents(*documents: Document) -> Sources:
    """A release of these, and of the flows that must exist."""
    whole = [*documents, *complete()]
    names = tuple(f"essai/{document.id}.v{document.version}.yaml" for document in whole)
    return Sources(Header.model_validate(HEADER), tuple(whole), names)


def sources(*documents: dict[str, Any]) -> Sources:
    """A release of these documents and of the flows that must exist."""
    return of_documents(*(parse(stamped(copy.deepcopy(document)), "essai.yaml") for document in documents))


def write(folder: Path, *documents: dict[str, Any]) -> Path:
    """Writes these documents, and those a release must have, as a folder of sources."""
    (folder / "release.yaml").write_text(yaml.safe_dump(HEADER), encoding="utf-8")
    pack = folder / "essai"
    pack.mkdir(parents=True)
    others = [raw(id=f"base-{flow}", flow=flow) for flow in REQUIRED_FLOWS]
    for number, document in enumerate([*documents, *others]):
        text = yaml.safe_dump(document, allow_unicode=True)
        (pack / f"{number:02}-{document['id']}.yaml").write_text(text, encoding="utf-8")
    return folder
