"""Draws the pictograms of the kiosk from a few shapes, and renders them to PNG with Chromium (a tool of the workshop).

    python -m kiosk.web.draw [name ...]

Made of `kiosk.web.shapes` only. The PNG files are committed, at 1x and 2x.
"""

import re
import sys
from pathlib import Path

from kiosk.web.contract_scenes import SCENE_HIGH, SCENE_WIDE, scenes
from kiosk.web.shapes import (
    BROWN_HAIR,
    CORAL,
    DARK_HAIR,
    GREEN,
    PAPER,
    PEACH,
    SKIN,
    T100,
    T200,
    T300,
    T600,
    T700,
    T800,
    T900,
    WHITE,
    disc,
    line,
    person,
    rect,
    shape,
)

FOLDER = Path(__file__).parent / "pictograms"


def _calendar() -> str:
    days = "".join(
        rect(22 + 14 * column, 41 + 13 * row, 10, 9, 2.5, CORAL if (column, row) == (2, 1) else T200)
        for column in range(4)
        for row in range(3)
    )
    pins = line("30,8 30,24", T900, 7) + line("66,8 66,24", T900, 7)
    return rect(10, 16, 76, 70, 10, T800) + rect(16, 36, 64, 44, 5, WHITE) + pins + days


def _town_hall() -> str:
    pillars = "".join(rect(x, 40, 8, 36, 0, T600) for x in (18, 32, 56, 70))
    door = rect(42, 52, 12, 28, 6, CORAL) + rect(42, 62, 12, 18, 0, CORAL)
    roof = shape("48,10 88,34 8,34", T800) + disc(48, 26, 5, WHITE)
    return roof + rect(12, 34, 72, 46, 0, T100) + pillars + door + rect(6, 78, 84, 9, 3, T800)


def _briefcase() -> str:
    handle = rect(34, 14, 28, 24, 7, "none", T900, 6)
    return handle + rect(8, 28, 80, 54, 10, T600) + rect(8, 28, 80, 26, 10, T800) + rect(40, 48, 16, 13, 4, WHITE)


def _house_and_pin() -> str:
    house = rect(8, 46, 34, 40, 4, T200) + shape("4,48 25,28 46,48", T600) + rect(19, 62, 12, 24, 2, T800)
    pin = f'<path d="M66 88C50 66 44 56 44 44a22 22 0 0 1 44 0c0 12-6 22-22 44z" fill="{CORAL}"/>'
    return house + pin + disc(66, 44, 9, WHITE)


def _shop() -> str:
    colors = (CORAL, WHITE, CORAL, WHITE, CORAL)
    awning = "".join(
        rect(8 + 16 * i, 18, 16, 20, 0, c) + f'<path d="M{8 + 16 * i} 38a8 8 0 0 0 16 0z" fill="{c}"/>'
        for i, c in enumerate(colors)
    )
    front = rect(12, 42, 72, 46, 0, T100) + rect(20, 52, 26, 26, 3, WHITE) + rect(56, 52, 20, 36, 3, T800)
    return front + disc(71, 70, 2.5, WHITE) + awning + line("8,18 88,18", T900, 6) + rect(8, 86, 80, 5, 2.5, T900)


def _book() -> str:
    pages = shape("48,62 12,54 12,86 48,94", WHITE) + shape("48,62 84,54 84,86 48,94", T100)
    outline = '<polygon points="48,62 12,54 12,86 48,94 84,86 84,54" fill="none" '
    return (
        pages + outline + f'stroke="{T900}" stroke-width="5" stroke-linejoin="round"/>' + line("48,62 48,94", T900, 4)
    )


def _registration() -> str:
    sheet = rect(150, 44, 132, 178, 14, WHITE) + rect(172, 76, 70, 12, 6, T300)
    rows = "".join(rect(172, 104 + 28 * i, width, 12, 6, T100) for i, width in enumerate((88, 88, 52)))
    seal = disc(262, 206, 34, GREEN) + line("247,206 258,217 278,194", WHITE, 9)
    return disc(170, 150, 130, T700) + sheet + rows + person(92, 262, 196, CORAL, SKIN[1], cut="long") + seal


def _houses() -> str:
    first = rect(40, 420, 130, 190, 0, T200) + shape("24,420 105,348 186,420", CORAL)
    first += rect(66, 460, 34, 44, 4, T800) + rect(116, 460, 34, 44, 4, T800)
    first += rect(84, 536, 44, 74, 22, T900) + rect(84, 570, 44, 40, 0, T900)
    second = (
        rect(170, 480, 104, 130, 0, PEACH) + shape("158,480 222,426 286,480", T600) + rect(204, 518, 36, 40, 4, T800)
    )
    return first + second


def _hall_of_scene() -> str:
    walls = rect(770, 400, 270, 210, 0, PAPER) + shape("748,400 905,308 1062,400", T300)
    clock = disc(905, 368, 24, WHITE) + line("905,354 905,368 914,373", T900, 5)
    flag = rect(901, 250, 8, 64, 0, T200) + rect(909, 250, 54, 30, 0, CORAL)
    windows = "".join(rect(x, 428, 28, 60, 6, T600) for x in (796, 854, 936, 994))
    windows += rect(796, 524, 28, 46, 6, T600) + rect(994, 524, 28, 46, 6, T600)
    return flag + walls + clock + windows + rect(875, 500, 60, 110, 30, T800) + rect(875, 540, 60, 70, 0, T800)


def _scene() -> str:
    hills = f'<ellipse cx="216" cy="800" rx="620" ry="340" fill="{T800}"/>'
    hills += f'<ellipse cx="907" cy="820" rx="560" ry="400" fill="{T700}"/>'
    return hills + _houses() + _hall_of_scene() + rect(0, 610, 1080, 150, 0, T200)


CALM = {
    T800: "#C9DEDE", T700: "#C6DEDE", T600: "#CFE2E2", T300: "#BCD8D9", T200: "#C6DCDC", T900: "#BCD8D9",
    CORAL: "#BCD8D9", PEACH: "#E4EFEE", WHITE: "#EDF4F3", PAPER: "#EDF4F3",
}  # fmt: skip
"""The colours of the square in tones of one another: it stands above a lowered screen, and asks for nothing."""


def _calm_scene() -> str:
    """The square without its street, under a pale sun."""
    shapes = disc(540, 300, 130, WHITE) + _scene()
    shapes = re.sub("#[0-9A-F]{6}", lambda found: CALM.get(found[0], found[0]), shapes)
    return f'<g transform="translate(0 -120)">{shapes}</g>'


def _people() -> str:
    return (
        person(250, 760, 176, T600, SKIN[2])
        + person(366, 760, 164, CORAL, SKIN[0], BROWN_HAIR, "long")
        + person(446, 760, 108, T800, SKIN[0], BROWN_HAIR)
        + person(690, 760, 170, T300, SKIN[1], T900, "scarf")
        + person(850, 760, 178, T800, SKIN[3], DARK_HAIR, "bun")
    )


def _bubble() -> str:
    dots = disc(28, 43, 7, T600) + disc(48, 43, 7, CORAL) + disc(68, 43, 7, T800)
    return rect(8, 16, 80, 54, 18, T100, T900, 5) + shape("30,68 30,88 50,68", T900) + dots


def _face(mouth: str) -> str:
    """The one place where a face is drawn: as a sign, of how a visit was."""
    ring = disc(48, 48, 40, "#FFF0C2", T900, 6) + disc(34, 40, 5.5, T900) + disc(62, 40, 5.5, T900)
    return ring + f'<path d="{mouth}" fill="none" stroke="{T900}" stroke-width="7" stroke-linecap="round"/>'


def drawings() -> dict[str, tuple[float, float, float, str]]:
    """Every pictogram: name -> width and height of its own grid, width in px on the drawing, shapes."""
    screen = (
        rect(6, 14, 84, 56, 10, T800) + rect(12, 20, 72, 44, 5, T100) + person(48, 64, 38, CORAL, SKIN[1], cut="long")
    )
    screen += rect(36, 70, 24, 8, 0, T800) + rect(26, 78, 44, 7, 3.5, T800)
    pact = person(23, 84, 62, T600, SKIN[2]) + person(73, 84, 62, CORAL, SKIN[0], "#7A4A2B", "bun")
    pact += rect(32, 50, 32, 38, 5, WHITE, T900, 4)
    pact += line("40,62 56,62", T300, 4) + line("40,70 56,70", T300, 4) + line("40,78 50,78", T300, 4)
    search = person(40, 90, 78, T600, SKIN[1]) + disc(66, 52, 15, WHITE, T900, 6) + line("77,63 88,75", T900, 8)
    worker = person(44, 90, 78, T800, SKIN[0], cut="none")
    worker += f'<path d="M27 26a17 17 0 0 1 34 0z" fill="{CORAL}"/>' + rect(22, 24, 44, 6, 3, CORAL)
    worker += rect(67, 55, 14, 10, 4, "none", T900, 4) + rect(58, 62, 32, 24, 5, CORAL)
    door = rect(50, 20, 40, 70, 5, T100) + rect(56, 26, 28, 64, 4, T800) + disc(78, 60, 3, "#FFF0C2")
    door += rect(44, 88, 50, 5, 2.5, T900) + person(28, 92, 70, CORAL, SKIN[0], BROWN_HAIR, "long")
    talk = person(28, 90, 70, T600, SKIN[1]) + person(70, 90, 66, CORAL, SKIN[3], cut="bun")
    talk += rect(8, 66, 80, 8, 4, T900)
    student = person(48, 74, 64, T600, SKIN[2], cut="bun") + _book()
    small = 96.0
    return {
        "rendez-vous": (small, small, 112, screen),
        "contrat": (small, small, 112, pact),
        "evenements": (small, small, 112, _calendar()),
        "offres": (small, small, 112, _briefcase()),
        "alentours": (small, small, 112, _house_and_pin()),
        "possible": (small, small, 112, _town_hall()),
        "accueil": (small, small, 148, talk),
        "cherche": (small, small, 148, search),
        "travaille": (small, small, 148, worker),
        "apprend": (small, small, 148, student),
        "premier-emploi": (small, small, 148, door),
        "entreprise": (small, small, 148, _shop()),
        "autre": (small, small, 148, _bubble()),
        "avis-bien": (small, small, 112, _face("M30 58q18 20 36 0")),
        "avis-moyen": (small, small, 112, _face("M32 63h32")),
        "avis-mal": (small, small, 112, _face("M30 68q18 -18 36 0")),
        "inscription": (300, 280, 330, _registration()),
        "village": (1080, 760, 1080, _scene()),
        "village-calme": (1080, 530, 1080, _calm_scene()),
        "habitants": (1080, 760, 1080, _people()),
        **{name: (SCENE_WIDE, SCENE_HIGH, 880, shapes) for name, shapes in scenes().items()},
    }


def svg(name: str) -> str:
    """One pictogram as SVG. KeyError for an unknown name."""
    width, height, _, shapes = drawings()[name]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{shapes}</svg>'


def render(names: list[str], chromium: str = "/usr/bin/chromium") -> None:
    """Renders the pictograms `names` (all when empty) into `FOLDER`, at 1x and 2x."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for factor, suffix in ((1, ""), (2, "@2x")):
            page = browser.new_page(device_scale_factor=factor)
            for name, (width, height, shown, _) in drawings().items():
                if names and name not in names:
                    continue
                size = f"width:{shown}px;height:{shown * height / width}px"
                page.set_content(f'<body style="margin:0"><div id="d" style="{size}">{svg(name)}</div>')
                page.locator("#d").screenshot(path=FOLDER / f"{name}{suffix}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    render(sys.argv[1:])
