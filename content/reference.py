"""Reduces the national table of communes to what the kiosk needs. Run once a year, by hand.

``python -m content.reference package/data/communes.json`` (see content/packs/reference/LICENCE.md).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import click

from content.communes import REFERENCE

_KEPT = ("commune-actuelle", "arrondissement-municipal")


def reduce_table(communes: list[dict[str, Any]]) -> bytes:
    """The reduced table, compressed: the same bytes for the same communes.

    Args:
        communes: objects of ``data/communes.json`` of ``@etalab/decoupage-administratif``.
    """
    rows = sorted(_row(commune) for commune in communes if commune["type"] in _KEPT)
    return gzip.compress(("\n".join(rows) + "\n").encode(), compresslevel=9, mtime=0)


def _row(commune: dict[str, Any]) -> str:
    parent = commune["commune"] if commune["type"] == "arrondissement-municipal" else ""
    postal_codes = ",".join(sorted(commune.get("codesPostaux", [])))
    name = commune["nom"].replace("'", "’")
    return "\t".join([commune["code"], name, postal_codes, commune["departement"], parent])


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(source: Path) -> None:
    """Écrit la table réduite à partir du fichier communes.json SOURCE."""
    target = REFERENCE / "communes.tsv.gz"
    target.write_bytes(reduce_table(json.loads(source.read_text(encoding="utf-8"))))
    click.echo(f"Table écrite\u00a0: {target.stat().st_size // 1024}\u00a0Ko.")


if __name__ == "__main__":
    main()
