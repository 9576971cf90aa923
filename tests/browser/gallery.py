"""Keeps the pictures of ``take_screens`` in the repository: smaller, under names that stay, with a page of them all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

SHAPES = {"portrait": "Upright", "landscape": "Lying"}
SCALE = 1 / 2
QUALITY = 75
"""Of WebP: the smallest words of the interface (20 px) can still be read, and all pictures take seven megabytes."""
NAME = re.compile(r"(?:\d\d-)?(?P<name>.+)-(?P<shape>portrait|landscape)\.png")
PAGE = """# Every screen

Taken in Chromium at 1080×1920 and 1920×1080, at half their size here, by one command:
`python -m tests.browser.take_screens FOLDER`. What is on them is invented. A name that begins with `state-` is a
state that a first visit does not meet (full, refused, moved, without network …).
[What was improved after looking](improved.md) at them.

"""


def keep(taken: Path, into: Path) -> list[Path]:
    """Puts every picture of ``taken`` into ``into`` and writes its README; what was there of another run goes.

    A number in front of a name is the order of the pictures, not a part of it: it differs from shape to shape.
    """
    found = [(told, file) for file in sorted(taken.glob("*.png")) if (told := NAME.fullmatch(file.name))]
    for old in into.glob("*.webp"):
        old.unlink()
    into.mkdir(parents=True, exist_ok=True)
    kept = []
    for told, file in found:
        kept.append(into / f"{told['name']}-{told['shape']}.webp")
        assert not kept[-1].exists(), f"two screens of one name: {file.name}"
        with Image.open(file) as picture:
            small = picture.resize(
                (round(picture.width * SCALE), round(picture.height * SCALE)), Image.Resampling.LANCZOS
            )
            small.convert("RGB").save(kept[-1], quality=QUALITY, method=6)
    (into / "README.md").write_text(PAGE + _table(told["name"] for told, _ in found), encoding="utf-8")
    return kept


def _table(names: Iterable[str]) -> str:
    rows = [f"| | {' | '.join(SHAPES.values())} |", "|---|---|---|"]
    for name in dict.fromkeys(names):
        cells = [f'<img src="{name}-{shape}.webp" height="360" alt="{name}, {shape}">' for shape in SHAPES]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"
