"""Where everything that acts really stands, from the tree of semantics in the browser, measured in millimetres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from typing import Any

from playwright.sync_api import Page

TARGET_MM, GAP_MM = 15.0, 3.0
ROUNDING_PX = 1.5
SMALLER: dict[str, str] = {}
"""What may be smaller or nearer, by the beginning of its name, with the reason. Empty: nothing is."""

_READ = """() => {
  const host = document.querySelector('flt-semantics-host');
  const found = [];
  const acting = '[role=button],[role=checkbox],[role=radio],[role=switch],[role=tab],[flt-tappable],input,textarea';
  for (const one of host.querySelectorAll(acting)) {
    if (one.matches('[aria-disabled=true]') || one.closest('[aria-hidden=true]')) continue;
    const acts = one.matches('[flt-tappable], input, textarea');
    if (acts && one.querySelector(acting)) continue;
    const box = one.getBoundingClientRect();
    let clip = {left: -1e9, top: -1e9, right: 1e9, bottom: 1e9};
    for (let up = one.parentElement; up && up !== host; up = up.parentElement) {
      if (up.style.overflowY === 'scroll' || up.getAttribute('role') === 'group' && up.style.scrollbarWidth) {
        const room = up.getBoundingClientRect();
        clip = {left: Math.max(clip.left, room.left), top: Math.max(clip.top, room.top),
                right: Math.min(clip.right, room.right), bottom: Math.min(clip.bottom, room.bottom)};
      }
    }
    const name = one.getAttribute('aria-label') || one.textContent || '';
    found.push({name: name.trim(), role: one.getAttribute('role') || one.tagName.toLowerCase(),
      left: box.left, top: box.top, right: box.right, bottom: box.bottom, clip, acts});
  }
  return found;
}"""


@dataclass(frozen=True)
class Box:
    """One acting node: its name, its role, its sides in px of the page; ``whole`` if none of it is scrolled away.

    ``acts`` is False for one that has the role and does nothing when assistive technology asks it to act.
    """

    name: str
    role: str
    left: float
    top: float
    right: float
    bottom: float
    whole: bool = True
    acts: bool = True

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


def boxes(page: Page) -> list[Box]:
    """What acts on the page, in the order of its tree; what is scrolled away altogether is left out."""
    return [box for one in page.evaluate(_READ) if (box := _box(one)) is not None]


def _box(read: dict[str, Any]) -> Box | None:
    clip = read["clip"]
    left, top = max(read["left"], clip["left"]), max(read["top"], clip["top"])
    right, bottom = min(read["right"], clip["right"]), min(read["bottom"], clip["bottom"])
    if right - left < 1 or bottom - top < 1:
        return None
    # The tree gives what is seen of a thing that is half scrolled away: it then ends where its place ends.
    whole = min(top - clip["top"], clip["bottom"] - bottom) > ROUNDING_PX
    return Box(read["name"], read["role"], left, top, right, bottom, whole, read["acts"])


def faults(found: Sequence[Box], density: float, width: float, height: float) -> Iterator[str]:
    """What is too small, too near, over another or outside of the glass. ``density`` is px a millimetre."""
    yield from (f"says {box.role} and does nothing: « {box.name[:50]} »" for box in found if not box.acts)
    found = [box for box in found if box.acts]
    for box in found:
        told = f"« {box.name[:50]} » ({box.role})".replace("\n", " / ")
        least = min(box.width, box.height)
        if box.whole and least < TARGET_MM * density - ROUNDING_PX and not _excepted(box):
            yield f"{box.width / density:.1f} × {box.height / density:.1f} mm: {told}"
        if box.left < -1 or box.top < -1 or box.right > width + 1 or box.bottom > height + 1:
            yield f"outside of the glass: {told}"
        if not box.name:
            yield f"no name in the browser: {box.role} at {box.left:.0f}, {box.top:.0f}"
    for one, other in combinations(found, 2):
        gap = between(one, other)
        if gap < 0 and not (_reads(one, other) or _reads(other, one)):
            yield f"« {one.name[:40]} » and « {other.name[:40]} » overlap"
        elif 0 <= gap < GAP_MM * density - ROUNDING_PX and not (_excepted(one) or _excepted(other)):
            yield f"{gap / density:.1f} mm between « {one.name[:40]} » and « {other.name[:40]} »"


def _reads(button: Box, card: Box) -> bool:
    """Whether it is the round button over a card that reads it aloud; a ring around it takes no touch."""
    square = abs(button.width - button.height) < 2 * ROUNDING_PX or not button.whole
    title = card.name.split("\n")[0]
    return square and button.name != card.name and button.name.endswith(title)


def between(one: Box, other: Box) -> float:
    """Px between two boxes; negative where they overlap."""
    across = max(other.left - one.right, one.left - other.right)
    down = max(other.top - one.bottom, one.top - other.bottom)
    if across < 0 and down < 0:
        return -1.0 if min(-across, -down) > ROUNDING_PX else 0.0
    return hypot(max(across, 0), max(down, 0))


def _excepted(box: Box) -> bool:
    return any(box.name.startswith(name) for name in SMALLER)
