"""The drawings that go with the explanation of the contrat d’engagement: one idea each, the same two people in all.

In teal, the person; in coral, the counsellor. Drawn for a tinted ground, on a grid of ``SCENE_WIDE`` × ``SCENE_HIGH``.
"""

from kiosk.web.shapes import (
    BROWN_HAIR,
    CORAL,
    DARK_HAIR,
    GREEN,
    SKIN,
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

SCENE_WIDE, SCENE_HIGH = 880, 280
GROUND = 262
"""Where everybody stands."""


def _floor(left: float, right: float) -> str:
    return rect(left, GROUND - 2, right - left, 10, 5, T300)


def _person(cx: float, h: float = 200) -> str:
    return person(cx, GROUND, h, T600, SKIN[2])


def _counsellor(cx: float, h: float = 200) -> str:
    return person(cx, GROUND, h, CORAL, SKIN[0], BROWN_HAIR, "bun")


def _sheet(x: float, y: float, w: float, h: float) -> str:
    return rect(x, y, w, h, 14, WHITE, T900, 5)


def _rows(x: float, y: float, widths: tuple[float, ...], color: str, step: float = 24) -> str:
    return "".join(rect(x, y + step * at, width, 10, 5, color) for at, width in enumerate(widths))


def _phone(x: float, y: float) -> str:
    return rect(x, y, 62, 108, 14, T800) + rect(x + 8, y + 14, 46, 72, 6, WHITE) + disc(x + 31, y + 97, 5, T200)


def _envelope(x: float, y: float, w: float = 120, h: float = 82) -> str:
    flap = line(f"{x + 6},{y + 8} {x + w / 2},{y + h * 0.55} {x + w - 6},{y + 8}", T900, 5)
    return rect(x, y, w, h, 10, WHITE, T900, 5) + flap


def _seal(cx: float, cy: float, r: float = 30) -> str:
    tick = line(f"{cx - r * 0.44},{cy} {cx - r * 0.1},{cy + r * 0.34} {cx + r * 0.46},{cy - r * 0.34}", WHITE, 8)
    return disc(cx, cy, r, GREEN) + tick


def _number(cx: float, cy: float, dots: int) -> str:
    """A disc that holds as many dots as its number: no letter, so that no font is needed."""
    places = {1: (0,), 2: (-10, 10), 3: (-15, 0, 15)}[dots]
    return disc(cx, cy, 26, T800) + "".join(disc(cx + x, cy, 5.5, WHITE) for x in places)


def _purpose() -> str:
    """Both write on one sheet."""
    sheet = _sheet(340, 22, 200, 236)
    upper = _rows(368, 54, (144, 144, 96), T600)
    lower = _rows(368, 158, (144, 144, 96), CORAL)
    middle = rect(356, 135, 168, 4, 2, T200)
    pens = line("292,178 348,110", T900, 12) + line("588,196 526,190", T900, 12)
    return _floor(120, 760) + _person(225) + _counsellor(655) + sheet + upper + middle + lower + pens


def _signature() -> str:
    """Two signatures under one text."""
    sheet = _sheet(270, 14, 340, 246)
    words = _rows(304, 48, (272, 272, 272, 180), T200)
    left = line("306,206 322,182 336,208 350,184 364,206 384,190", T600, 7) + rect(304, 222, 110, 6, 3, T900)
    right = line("466,204 484,186 494,208 512,180 530,206 556,192", CORAL, 7) + rect(464, 222, 110, 6, 3, T900)
    return _floor(90, 790) + _person(180, 190) + _counsellor(700, 190) + sheet + words + left + right


def _parts() -> str:
    """A sheet of three parts: the organisation, the person, the plan."""

    def card(x: float, dots: int) -> str:
        return rect(x, 34, 236, 224, 18, WHITE, T900, 5) + _number(x + 118, 34, dots)

    hall = shape("178,90 246,132 110,132", T800) + rect(116, 132, 124, 86, 0, T200)
    hall += "".join(rect(x, 142, 14, 66, 0, T600) for x in (126, 152, 190, 216)) + rect(104, 214, 148, 12, 4, T800)
    who = person(440, 230, 140, T600, SKIN[2])
    plan = "".join(
        rect(640, 92 + 46 * at, 34, 34, 8, WHITE, T600, 5) + rect(690, 103 + 46 * at, width, 12, 6, T300)
        for at, width in enumerate((90, 90, 62))
    )
    plan += line("648,110 655,118 668,98", CORAL, 7) + line("648,156 655,164 668,144", CORAL, 7)
    return card(60, 1) + card(322, 2) + card(584, 3) + hall + who + plan


def _rights() -> str:
    """Who holds a shield; beside, the counsellor, and the scales."""
    shield = f'<path d="M440 124l62 20v46c0 36-28 60-62 72c-34-12-62-36-62-72v-46z" fill="{WHITE}"'
    shield += f' stroke="{T900}" stroke-width="5"/>'
    shield += line("412,190 432,210 470,170", CORAL, 12)
    scales = rect(690, 76, 10, 176, 5, T900) + rect(654, 250, 82, 12, 6, T900) + line("614,104 776,104", T900, 9)
    scales += disc(695, 76, 13, CORAL)
    for x in (614, 776):
        scales += line(f"{x},104 {x - 38},176", T900, 5) + line(f"{x},104 {x + 38},176", T900, 5)
        scales += f'<path d="M{x - 48} 176h96a48 34 0 0 1-96 0z" fill="{T300}"/>'
    return _floor(70, 810) + _counsellor(160, 196) + person(440, GROUND, 226, T600, SKIN[2]) + shield + scales


def _duties() -> str:
    """A day in the calendar, somebody who comes, a telephone to give notice."""
    days = "".join(
        rect(116 + 46 * column, 118 + 42 * row, 34, 28, 6, CORAL if (column, row) == (2, 1) else T200)
        for column in range(4)
        for row in range(3)
    )
    pins = line("146,30 146,66", T900, 14) + line("266,30 266,66", T900, 14)
    calendar = rect(90, 44, 232, 214, 20, T800) + rect(104, 96, 204, 150, 10, WHITE) + days + pins
    way = "".join(disc(362 + 30 * at, 236, 7, T600) for at in range(3))
    door = rect(560, 36, 126, 226, 8, WHITE, T900, 5) + rect(576, 54, 94, 206, 4, T800) + disc(656, 160, 7, T200)
    phone = _phone(748, 120) + line("728,132 716,116", T900, 7) + line("728,160 710,160", T900, 7)
    return _floor(70, 820) + calendar + way + door + _person(498, 196) + phone


def _trouble() -> str:
    """Three steps: telephone, answer the letter, speak with somebody."""
    path = rect(150, 132, 580, 12, 6, T300)
    rings = "".join(disc(x, 138, 112, WHITE, T900, 5) for x in (150, 440, 730))
    letter = _envelope(378, 98, 124, 86) + line("452,196 512,150", CORAL, 12)
    two = person(692, 206, 104, T600, SKIN[2]) + person(770, 206, 104, CORAL, SKIN[0], BROWN_HAIR, "bun")
    bubble = rect(700, 50, 66, 36, 14, T800) + shape("718,84 718,98 738,84", T800)
    bubble += disc(718, 68, 4.5, WHITE) + disc(733, 68, 4.5, WHITE) + disc(748, 68, 4.5, WHITE)
    call = _phone(119, 80) + line("198,96 212,84", CORAL, 8) + line("202,122 220,122", CORAL, 8)
    numbers = _number(66, 60, 1) + _number(356, 60, 2) + _number(646, 60, 3)
    return path + rings + call + letter + two + bubble + numbers


def _preparation() -> str:
    """A bag with papers, and what one wants to ask."""
    card = rect(428, 50, 150, 96, 12, WHITE, T900, 5) + disc(464, 88, 17, SKIN[2]) + rect(444, 110, 40, 18, 9, T600)
    card += _rows(502, 78, (58, 58, 36), T300, 20)
    roll = rect(592, 26, 116, 150, 10, WHITE, T900, 5) + _rows(614, 54, (72, 72), T200, 22) + disc(650, 106, 12, CORAL)
    bag = f'<path d="M408 134h330l-22 128h-286z" fill="{T700}"/>' + rect(398, 120, 350, 30, 12, T800)
    handle = f'<path d="M500 142q0 66 73 66t73 -66" fill="none" stroke="{T200}" stroke-width="12"/>'
    bubble = rect(226, 24, 132, 100, 26, WHITE, T900, 5) + shape("244,121 214,150 284,123", T900)
    question = f'<path d="M275 62a18 18 0 1 1 26 16q-8 4-8 14" fill="none" stroke="{CORAL}" stroke-width="9"'
    question += ' stroke-linecap="round"/>' + disc(293, 106, 6, CORAL)
    who = person(150, GROUND, 200, T600, SKIN[2], DARK_HAIR)
    return _floor(60, 820) + who + card + roll + bag + handle + bubble + question


def scenes() -> dict[str, str]:
    """The shapes of each drawing, by the name that the content gives it (``content.pack.ILLUSTRATIONS``)."""
    return {
        "contrat-utilite": _purpose(),
        "contrat-signature": _signature(),
        "contrat-contenu": _parts(),
        "contrat-droits": _rights(),
        "contrat-engagements": _duties(),
        "contrat-probleme": _trouble(),
        "contrat-preparer": _preparation(),
    }
