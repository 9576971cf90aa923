"""The way of the focus: Tab after Tab, what has the focus, where it stands and whether one sees that it has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageChops

from tests.browser.geometry import Box
from tests.browser.showroom import Showroom

FRAMES_MS, LOOKS_MAX = 100, 25
AROUND_PX = 10
CHANGED_MIN = 120
"""Pixels, at half of the screen's own, that a ring changes at least: one of 3 px around 15 mm changes many more."""
SAME_LINE_SHARE = 0.5
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || !one.closest('flt-semantics-host')) return null;
  const box = one.getBoundingClientRect();
  const name = one.getAttribute('aria-label') || one.textContent || '';
  return {name: name.trim(), role: one.getAttribute('role') || one.tagName.toLowerCase(),
    left: box.left, top: box.top, right: box.right, bottom: box.bottom};
}"""


@dataclass(frozen=True)
class Stop:
    """Where the focus stood once, and how many pixels around it differ from when it stood elsewhere."""

    box: Box
    changed: int


def walked(room: Showroom, stops_max: int) -> list[Stop]:
    """Goes on by Tab until it comes to where it was, or has gone so far."""
    page = room.page
    found: list[Box] = []
    pictures: list[bytes] = []
    rest = page.screenshot()
    for _ in range(stops_max):
        page.keyboard.press("Tab")
        box = _moved(room, found[-1] if found else None)
        if box is None:
            continue
        if box in found:
            break
        found.append(box)
        pictures.append(page.screenshot())
    # Where something had the focus from the start, what the first picture shows around it is compared with a later one.
    others = [*pictures[1:], rest][: len(pictures)]
    taken = zip(found, pictures, others, strict=True)
    return [Stop(box, _differ(picture, other, box, room)) for box, picture, other in taken]


def _moved(room: Showroom, before: Box | None) -> Box | None:
    """What has the focus once it has gone on, and is drawn so; None where it went out of the page."""
    for _ in range(LOOKS_MAX):
        room.page.wait_for_timeout(FRAMES_MS)
        read = room.page.evaluate(_FOCUSED)
        if read is not None and Box(**read) != before:
            room.page.wait_for_timeout(FRAMES_MS)
            return Box(**read)
    return None


def _differ(picture: bytes, other: bytes, box: Box, room: Showroom) -> int:
    with Image.open(BytesIO(picture)) as one, Image.open(BytesIO(other)) as two:
        share = one.width / room.look.width_px
        sides = (box.left - AROUND_PX, box.top - AROUND_PX, box.right + AROUND_PX, box.bottom + AROUND_PX)
        cropped = (round(sides[0] * share), round(sides[1] * share), round(sides[2] * share), round(sides[3] * share))
        difference = ImageChops.difference(one.convert("L").crop(cropped), two.convert("L").crop(cropped))
        return sum(difference.point(lambda value: 255 if value > 40 else 0).histogram()[1:])


def unseen(stops: Sequence[Stop]) -> list[str]:
    """The stops at which nothing shows where the focus is. A field shows it by its cursor, which blinks."""
    return [stop.box.name for stop in stops if stop.changed < CHANGED_MIN and stop.box.role != "input"]


def order_faults(stops: Sequence[Stop], *, rtl: bool, ups_max: int = 1) -> list[str]:
    """Where the focus goes up, or back in a line.

    It goes up ``ups_max`` times: to the rail at the side, and from the end to the header where the round begins again.
    """
    wrong, ups = [], 0
    for one, other in pairwise(stops):
        before, after = one.box, other.box
        if _in_line(before, after):
            back = after.left > before.left if rtl else after.left < before.left
            if back and min(before.bottom, after.bottom) - max(before.top, after.top) > 0 and not _under(before, after):
                wrong.append(f"« {before.name} » → « {after.name} » goes back in its line")
        elif after.top < before.top:
            ups += 1
            if ups > ups_max:
                wrong.append(f"« {before.name} » → « {after.name} » goes up")
    return wrong


def _in_line(one: Box, other: Box) -> bool:
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common > SAME_LINE_SHARE * min(one.height, other.height)


def _under(one: Box, other: Box) -> bool:
    return other.top > one.top + one.height / 2
