"""The ``content`` commands: check and build the screens. Publishing comes with the signed distribution."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

from content.build import SOURCES, Sources, compile_release, read_sources, write_release
from content.errors import ContentError
from content.lint import Fault, lint
from content.shelf import SHIPPED, Shelf
from content.typography import typeset

_FOLDER = click.Path(file_okay=False, path_type=Path)


class Refused(click.ClickException):
    """Exit status 1 with a sentence, and nothing but the sentence."""

    def show(self, file: IO[str] | None = None) -> None:
        """Writes the sentence on stderr."""
        click.echo(self.format_message(), file=file, err=file is None)


@click.group()
def content() -> None:
    """Vérifie et prépare les écrans montrés au public."""


@content.command()
@click.argument("source", type=_FOLDER, default=SOURCES)
@click.option("--json", "as_json", is_flag=True, help="Écrit le résultat en JSON.")
def check(source: Path, as_json: bool) -> None:
    """Vérifie les écrans du dossier SOURCE (par défaut ceux de ce programme)."""
    sources, found = _checked(source)
    errors = [fault for fault in found if fault.level == "error"]
    if as_json:
        click.echo(json.dumps(_report(sources, found), ensure_ascii=False))
    else:
        for fault in found:
            click.echo(str(fault) if fault.level == "error" else typeset(f"À savoir : {fault}"), err=True)
        if not errors:
            click.echo(f"{len(sources.documents)} écrans vérifiés, rien à corriger.")
    if errors:
        raise Refused(f"{len(errors)} faute(s) à corriger avant de préparer les contenus.")


@content.command()
@click.argument("source", type=_FOLDER, default=SOURCES)
@click.option("--output", type=_FOLDER, default=None, help="Dossier à écrire (par défaut SOURCE/compiled).")
@click.option("--json", "as_json", is_flag=True, help="Écrit le résultat en JSON.")
def build(source: Path, output: Path | None, as_json: bool) -> None:
    """Prépare les fichiers des écrans du dossier SOURCE, après les avoir vérifiés."""
    sources, found = _checked(source)
    errors = [fault for fault in found if fault.level == "error"]
    if errors:
        raise Refused(typeset("\n".join([*map(str, errors), "Rien n’a été écrit : corrigez ces fautes."])))
    target = output or source / SHIPPED.name
    files = compile_release(sources)
    try:
        write_release(files, target)
        shelf = Shelf.open(target)
    except ContentError as error:
        raise Refused(error.message) from None
    size_bytes = sum(len(data) for data in files.values())
    if as_json:
        result = {"release": shelf.version, "files": len(files), "bytes": size_bytes, "output": str(target)}
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        click.echo(typeset(f"Version {shelf.version} : {len(files)} fichiers, {size_bytes} octets, dans {target}."))


def _checked(source: Path) -> tuple[Sources, list[Fault]]:
    try:
        sources = read_sources(source)
    except ContentError as error:
        raise Refused(error.message) from None
    found = lint(sources.documents, sources.files, now=datetime.now(UTC).date(), addresses=sources.addresses)
    return sources, found


def _report(sources: Sources, found: list[Fault]) -> dict[str, object]:
    lines = [{"level": f.level, "file": f.file, "field": f.field, "message": f.message} for f in found]
    return {"release": sources.header.release, "documents": len(sources.documents), "faults": lines}


def _later(name: str, purpose: str) -> None:
    """Adds a command of the contract that is not there yet, and says so."""

    @content.command(
        name, help=f"{purpose} (pas encore disponible).", context_settings={"ignore_unknown_options": True}
    )
    @click.argument("_arguments", nargs=-1, type=click.UNPROCESSED)
    def _refuse(_arguments: tuple[str, ...]) -> None:
        sentence = f"« content {name} » n’existe pas encore : les contenus sont livrés avec le programme. "
        raise Refused(typeset(sentence + "Utilisez « content check » puis « content build »."))


_later("preview", "Montre un écran comme sur une borne")
_later("sign", "Signe une version des contenus")
_later("publish", "Envoie une version signée aux bornes")
_later("withdraw", "Retire un écran des bornes")
_later("status", "Dit quelle version est sur quelle borne")
