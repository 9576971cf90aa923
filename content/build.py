"""From a folder of YAML documents to a compiled release: the same sources always give the same bytes.

``read_sources`` and ``write_release`` touch the disk; ``compile_screen`` and ``compile_release`` are pure. The source
folder holds ``release.yaml`` and one sub-folder for each pack, with one YAML file for each screen, and beside it one
for each other language: ``contrat-heures.yaml``, ``contrat-heures.en.yaml``.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from content.address import Address, is_address, parse_address
from content.errors import ContentError, InvalidPack
from content.pack import (
    SIMPLE,
    Block,
    Document,
    IllustrationBlock,
    NoticeBlock,
    PhoneBlock,
    StepsBlock,
    TermBlock,
    canonical,
    fault_sentences,
    parse,
)
from content.release import Entry, Header, Index
from content.translation import join_address, join_screen, place
from content.typography import typeset
from content.view import AddressView, BlockView, LegendView, NavView, ScreenView, SourceView

SOURCES = Path(__file__).parent / "packs"
HEADER = "release.yaml"
INDEX = "index.json"
NOT_SOURCES = ("compiled", "reference")
SIMPLE_LABEL = "Version simplifiée"
ADDRESSES = "adresses"
"""Folder of the compiled addresses; no flow of screens has this name."""
_SCREEN = TypeAdapter(ScreenView)
_ADDRESS = TypeAdapter(AddressView)


@dataclass(frozen=True)
class Sources:
    """A folder of sources, read and checked against the schema. ``files`` names the file of each document.

    ``addresses`` are where the guided window may go, each with the name of its file.
    """

    header: Header
    documents: tuple[Document, ...]
    files: tuple[str, ...]
    addresses: tuple[tuple[Address, str], ...] = ()


class _NoDuplicates(yaml.SafeLoader):
    """YAML where a field written twice is refused, because the first text would vanish without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(key, deep=deep) for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"le champ « {name} » est écrit deux fois")
        return super().construct_mapping(node, deep=deep)


def read_sources(folder: Path = SOURCES) -> Sources:
    """Reads every document of ``folder`` (in the order of file names).

    Raises:
        InvalidPack: one French line for each fault of each file.
        ContentError: the folder is not one of sources.
    """
    if not (folder / HEADER).is_file():
        raise ContentError(f"Il n’y a pas de fichier {HEADER} dans {folder} : indiquez le dossier des contenus.")
    files = {f.relative_to(folder).as_posix(): f for f in folder.glob("*/*.yaml") if f.parent.name not in NOT_SOURCES}
    if not files:
        raise ContentError(f"Il n’y a aucun écran dans {folder} : ajoutez un fichier .yaml dans un sous-dossier.")
    faults: list[str] = []
    documents: dict[str, Document] = {}
    addresses: dict[str, Address] = {}
    for name in sorted(files, key=lambda name: ("." in files[name].stem, name)):  # each French before its translations
        try:
            raw = _load(files[name], folder)
            if "." in files[name].stem:
                _join(raw, name, files, documents, addresses)
            elif is_address(raw):
                addresses[name] = parse_address(raw, name)
            else:
                documents[name] = parse(raw, name)
        except InvalidPack as error:
            faults.extend(error.faults)
    if faults:
        raise InvalidPack(tuple(faults))
    known = tuple((address, name) for name, address in addresses.items())
    return Sources(_read_header(folder), tuple(documents.values()), tuple(documents), known)


def _join(
    raw: object, name: str, files: Collection[str], documents: dict[str, Document], addresses: dict[str, Address]
) -> None:
    """Puts a translation to its French; one whose French is at fault waits for that. Raises InvalidPack."""
    french, _ = place(name)
    if french not in files:
        raise InvalidPack((f"{name} : il n’y a pas de fichier {french}, dont celui-ci serait la traduction.",))
    if french in documents:
        documents[french] = join_screen(documents[french], raw, name)
    elif french in addresses:
        addresses[french] = join_address(addresses[french], raw, name)


def _load(file: Path, folder: Path) -> object:
    name = file.relative_to(folder).as_posix()
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_NoDuplicates)  # noqa: S506 -- a SafeLoader
    except UnicodeDecodeError:
        raise InvalidPack((f"{name} : le fichier n’est pas en UTF-8 ; enregistrez-le ainsi.",)) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", ligne {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "le YAML n’est pas lisible"
        raise InvalidPack((f"{name}{line} : {problem} ; mettez les textes entre guillemets.",)) from None


def _read_header(folder: Path) -> Header:
    try:
        return Header.model_validate(_load(folder / HEADER, folder))
    except ValidationError as error:
        raise InvalidPack(fault_sentences(HEADER, error)) from None


def compile_screen(document: Document, language: str) -> ScreenView:
    """One document in one language, typeset, with the spoken text of each block."""
    variant = document.variants[language]
    return ScreenView(
        id=document.id,
        flow=document.flow,
        order=document.order,
        language=language,
        title=typeset(variant.title, language),
        blocks=tuple(_compile_block(block, language) for block in variant.blocks),
        nav=tuple(NavView(nav.to, typeset(nav.label[language], language)) for nav in document.nav),
        sources=tuple(SourceView(typeset(source.label), source.read_on) for source in document.source),
        version=document.version,
        owner=document.owner,
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        review_by=document.review_by,
        label=SIMPLE_LABEL if language == SIMPLE else "",
        translated_by=variant.translated_by or "",
        reviewed_by=variant.reviewed_by or "",
        reviewed_on=variant.reviewed_on,
        values=dict(document.values),
        legal=document.legal,
        made_from=variant.made_from or document.source_hash(),
    )


def _as_written(screen: ScreenView) -> dict[str, Any]:
    """A screen as its file has it. One without numbers of the law says nothing of them: its bytes are as before."""
    kept: Any = {**dict.fromkeys(("french", "withheld", "own_title"), True), "nav": {"__all__": {"french": True}}}
    written: dict[str, Any] = _SCREEN.dump_python(screen, mode="json", exclude=kept)
    if not screen.values:
        del written["values"]
    return written


def compile_address(address: Address, language: str) -> AddressView:
    """One address in one language, typeset."""
    variant = address.variants[language]
    return AddressView(
        id=address.id,
        language=language,
        purpose=address.purpose,
        url=address.url or "",
        hosts=tuple(address.hosts),
        title=typeset(variant.title, language),
        text=typeset(variant.text, language),
        version=address.version,
        valid_from=address.valid_from,
        valid_to=address.valid_to,
        review_by=address.review_by,
        sources=tuple(SourceView(typeset(source.label), source.read_on) for source in address.source),
        made_from=variant.made_from or address.source_hash(),
        translated_by=variant.translated_by or "",
        reviewed_by=variant.reviewed_by or "",
        reviewed_on=variant.reviewed_on,
    )


def _compile_block(block: Block, language: str) -> BlockView:
    text = typeset(getattr(block, "text", None) or "", language)
    items = tuple(typeset(item, language) for item in getattr(block, "items", ()))
    view = BlockView(block.kind, _spoken(text, *items), text=text, items=items)
    match block:
        case StepsBlock():
            numbered = (f"{number}. {item}" for number, item in enumerate(items, start=1))
            return replace(view, speech=_spoken(text, *numbered))
        case NoticeBlock():
            return replace(view, tone=block.tone)
        case IllustrationBlock():
            legend = tuple(LegendView(item.sign, typeset(item.text, language)) for item in block.legend)
            alt = typeset(block.alt, language)
            return replace(view, speech=_spoken(text, alt), name=block.name, alt=alt, legend=legend)
        case PhoneBlock():
            detail = typeset(block.detail or "", language)
            spoken = _spoken(_spoken_number(block.number), text, detail)
            return replace(view, speech=spoken, number=block.number, detail=detail, by=block.by)
        case TermBlock():
            name = typeset(block.name, language)
            return replace(view, speech=_spoken(name, text), name=name)
        case _:
            return view


def _spoken(*parts: str) -> str:
    """Parts one after the other, each ended by a full stop so that the voice pauses."""
    ended = (part if part[-1] in ".!?…:؟" else f"{part}." for part in parts if part)
    return " ".join(ended)


def _spoken_number(number: str) -> str:
    """« 3949 » is said « 39 49 »; a shorter number is said as one."""
    return f"{number[:2]} {number[2:]}" if len(number) == 4 else number


def compile_release(sources: Sources) -> dict[str, bytes]:
    """Every file of the release by its path, the index included."""
    files: dict[str, bytes] = {}
    for document in sources.documents:
        for language in sorted(document.variants):
            path = f"{document.flow}/{document.id}.v{document.version}.{language}.json"
            files[path] = canonical(_as_written(compile_screen(document, language)))
    for address, _ in sources.addresses:
        for language in sorted(address.variants):
            path = f"{ADDRESSES}/{address.id}.v{address.version}.{language}.json"
            compiled = compile_address(address, language)
            files[path] = canonical(_ADDRESS.dump_python(compiled, mode="json", exclude={"french"}))
    entries = [
        Entry(path=path, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))
        for path, data in sorted(files.items())
    ]
    header = sources.header
    index = Index(
        schema="point-contact/release@1", release=header.release, seq=header.seq, issued=header.issued, entries=entries
    )
    return {**files, INDEX: index.to_bytes()}


def write_release(files: dict[str, bytes], target: Path) -> None:
    """Writes a release into ``target``, replacing an older one as a whole.

    Raises:
        ContentError: ``target`` holds something that is not a release, or cannot be written.
    """
    if target.exists() and any(target.iterdir()) and not (target / INDEX).is_file():
        raise ContentError(f"Le dossier {target} contient autre chose que des contenus : choisissez-en un vide.")
    building = target.with_name(f".{target.name}.new")
    try:
        shutil.rmtree(building, ignore_errors=True)
        for path, data in files.items():
            file = building / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        if target.exists():
            shutil.rmtree(target)
        building.rename(target)
    except OSError as error:
        raise ContentError(f"Impossible d’écrire dans {target} : vérifiez la place et les droits.") from error
