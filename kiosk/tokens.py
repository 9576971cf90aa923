"""Design tokens: colours, type, and the sizes of things, for one screen and one visitor's wishes. No Flet here.

Two scales, never one zoom factor: text follows the distance at which the screen is read, touch follows millimetres.
The numbers are those of the drawings, made for a 21.5" Full HD screen (4.03 px/mm), and of the 10.1" drawing.
"""

from dataclasses import dataclass
from math import hypot

FONT = "Atkinson"
FONT_FALLBACK = ("NotoArabic", "NotoCyrillic")
ICONS_BOLD = "Phosphor"
ICONS_FILL = "PhosphorFill"

TEXT_STEPS_PERCENT = (100, 125, 150, 200)

DRAWING_DENSITY = 4.03  # px per mm of the 21.5" Full HD drawings
SMALL_DRAWING_DENSITY = 5.88  # px per mm of the 10.1" drawing
SMALL_SCREEN_MM = 170  # a short side under this is a 10" tablet, read at 400 mm instead of 600
TOUCH_MIN_MM = 15.0
GAP_MIN_MM = 3.0  # between two things to touch
LOW_SHARE, LOW_SHARE_LARGE = 0.6, 0.7
"""The part of a tall screen, from its foot, that a person who sits or is small reaches (EN 301 549, 8.3).

In large words a little more: what would be touched there is « Terminer » alone, and less than that leaves no room for
what is typed between its question and its keys.
"""
CLOSE_PX = 1200
"""Height, in px of the drawing, under which keys leave room for the question and its field only."""
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Role:
    """One size of text: em height in mm on a large and on a small screen, weight, leading, tracking (em), growth.

    `growth` is the part of the visitor's text step that this role follows (1.0 = fully).
    """

    large_mm: float
    small_mm: float
    weight: int
    leading: float
    growth: float
    tracking_em: float = 0.0


ROLES: dict[str, Role] = {
    "note": Role(5.5, 4.1, 600, 1.15, 0.15),
    "source": Role(6.0, 4.1, 400, 1.35, 1.0),
    "small": Role(6.45, 4.42, 400, 1.35, 1.0),
    "bar": Role(7.45, 4.93, 600, 1.15, 0.3),
    "bar_small": Role(6.0, 4.1, 400, 1.25, 0.3),
    "body": Role(7.45, 4.93, 400, 1.4, 1.0),
    "strong": Role(7.45, 4.93, 600, 1.3, 1.0),
    "lesson": Role(8.93, 5.8, 400, 1.4, 1.0),
    "label": Role(8.44, 5.61, 600, 1.15, 1.0),
    "h3": Role(10.92, 6.8, 600, 1.2, 0.7, -0.006),
    "h2": Role(12.9, 7.2, 600, 1.12, 0.5, -0.006),
    "lead": Role(11.7, 6.8, 600, 1.12, 0.6, -0.006),
    "h1": Role(16.87, 7.82, 600, 1.1, 0.4, -0.012),
    "typed": Role(14.89, 8.84, 600, 1.15, 0.4),
    "key": Role(10.92, 6.46, 600, 1.15, 1.0),
    "key_word": Role(6.45, 4.42, 600, 1.15, 1.0),
    "code": Role(22.8, 13.6, 600, 1.1, 0.4, 0.04),
    "display": Role(42.7, 16.3, 600, 1.02, 0.4, -0.025),
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for, as `#RRGGBB`. Every sentence reaches 7:1, every icon or outline 3:1."""

    ground: str = "#F6F4EF"
    surface: str = "#FFFFFF"
    ink: str = "#14262C"
    ink_soft: str = "#3C5056"
    icon: str = "#2A6F7A"
    action: str = "#0E4A56"
    action_pressed: str = "#0B3B45"
    on_action: str = "#FFFFFF"
    on_action_soft: str = "#DCEBEA"
    action_ledge: str = "#06282F"
    second: str = "#0E4A56"
    second_ground: str = "#FFFFFF"
    point: str = "#FFC933"
    on_point: str = "#14262C"
    edge: str = "#CFC7B8"
    ledge: str = "#8F8778"
    control: str = "#6E7F83"
    hairline: str = "#E5DED1"
    done: str = "#2A6F7A"
    current: str = "#0E4A56"
    to_come: str = "#D9D2C4"
    selected: str = "#EDF4F3"
    selected_edge: str = "#0E4A56"
    tint: str = "#DBEAEA"
    on_tint: str = "#0B3B45"
    deep: str = "#0B3B45"
    on_deep: str = "#FFFFFF"
    on_deep_soft: str = "#DCEBEA"
    deep_shape: str = "#17606D"
    sure: str = "#10562F"
    sure_soft: str = "#DDEFE3"
    sure_ledge: str = "#5E9A76"
    wait: str = "#6E3A00"
    wait_body: str = "#5B3200"
    wait_soft: str = "#FFF1D6"
    fault: str = "#8C1F15"
    fault_soft: str = "#FBE4E0"
    off: str = "#3B4A50"
    off_soft: str = "#E3E8E8"
    on_off: str = "#FFFFFF"
    help: str = "#FBE1D5"
    on_help: str = "#0B3B45"
    help_ledge: str = "#B5573B"
    disabled: str = "#3E4B50"
    disabled_ground: str = "#E7E3DA"
    key: str = "#FFFFFF"
    key_accent: str = "#FBFAF7"
    key_function: str = "#D3CCBF"
    key_bed: str = "#E9E4DA"
    key_ledge: str = "#857C6C"
    dock: str = "#FFFFFF"
    on_dock: str = "#0B3B45"
    dock_edge: str = "#E5DED1"
    dock_on: str = "#0E4A56"
    on_dock_on: str = "#FFFFFF"
    focus: str = "#14262C"


_BLACK, _WHITE, _YELLOW = "#000000", "#FFFFFF", "#FFD84D"

DAY = Palette()
CONTRAST = Palette(
    ground=_BLACK, surface=_BLACK, ink=_WHITE, ink_soft=_WHITE, icon=_YELLOW,
    action=_YELLOW, action_pressed=_WHITE, on_action=_BLACK, on_action_soft=_BLACK, action_ledge=_BLACK,
    second=_WHITE, second_ground=_BLACK, point=_BLACK, on_point=_YELLOW,
    edge=_WHITE, ledge=_BLACK, control=_WHITE, hairline=_WHITE, done=_WHITE, current=_YELLOW, to_come="#767676",
    selected=_BLACK, selected_edge=_YELLOW, tint=_BLACK, on_tint=_WHITE,
    deep=_BLACK, on_deep=_WHITE, on_deep_soft=_WHITE, deep_shape="#767676",
    sure=_WHITE, sure_soft=_BLACK, sure_ledge=_WHITE, wait=_WHITE, wait_body=_WHITE, wait_soft=_BLACK,
    fault=_WHITE, fault_soft=_BLACK, off=_BLACK, off_soft=_BLACK, on_off=_WHITE,
    help=_BLACK, on_help=_WHITE, help_ledge=_WHITE, disabled="#B8B8B8", disabled_ground=_BLACK,
    key=_BLACK, key_accent=_BLACK, key_function="#2B2B2B", key_bed=_BLACK, key_ledge=_BLACK,
    dock=_BLACK, on_dock=_WHITE, dock_edge=_WHITE, dock_on=_YELLOW, on_dock_on=_BLACK, focus=_YELLOW,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How everything is drawn for one page: its size in px, the screen's diagonal in inches, the visitor's wishes.

    `low`: everything to be touched stands low (`lowered`). `rtl`: the language runs from right to left, and so does the
    screen.
    """

    width_px: float = 1080
    height_px: float = 1920
    diagonal_in: float = 21.5
    text_percent: int = 100
    contrast: bool = False
    low: bool = False
    rtl: bool = False

    @property
    def palette(self) -> Palette:
        """The colours in force."""
        return CONTRAST if self.contrast else DAY

    @property
    def portrait(self) -> bool:
        """True when the dock stands at the foot; False when it is a rail on the left."""
        return self.height_px > self.width_px

    @property
    def can_be_lowered(self) -> bool:
        """True on a tall screen: elsewhere nothing is out of reach of an arm that reaches the foot."""
        return self.portrait and not self.small

    @property
    def lowered(self) -> bool:
        """True while the frame lives in the lowest part of the glass (`LOW_SHARE`)."""
        return self.low and self.can_be_lowered

    @property
    def room_px(self) -> float:
        """Height of the frame, in px: the page's, or what is left of it on a lowered screen."""
        share = (LOW_SHARE_LARGE if self.large_text else LOW_SHARE) if self.lowered else 1
        return self.height_px * share

    @property
    def as_installed(self) -> bool:
        """True while the visitor has changed neither the size of the text, nor the contrast, nor the height."""
        return self.text_percent == TEXT_STEPS_PERCENT[0] and not self.contrast and not self.low

    @property
    def density(self) -> float:
        """Pixels per millimetre, from the page's own size (the page fills the screen)."""
        return max(0.5, hypot(self.width_px, self.height_px) / (self.diagonal_in * MM_PER_INCH))

    @property
    def small(self) -> bool:
        """True on a 10" tablet: read from nearer, little room, same millimetres under the finger."""
        return min(self.width_px, self.height_px) / self.density < SMALL_SCREEN_MM

    @property
    def _scale(self) -> float:
        return self.density / (SMALL_DRAWING_DENSITY if self.small else DRAWING_DENSITY)

    @property
    def wide(self) -> float:
        """Width of the page in px of the drawing (1080 on the portrait drawing)."""
        return self.width_px / self._scale

    @property
    def tall(self) -> float:
        """Height of the frame in px of the drawing (1920 on the portrait drawing)."""
        return self.room_px / self._scale

    def px(self, drawn: float) -> int:
        """Px here for a length of `drawn` px on the drawing (paddings, radii, pictures): not for things to touch."""
        return round(drawn * self._scale)

    def mm(self, length: float) -> int:
        """Px here for a length of `length` millimetres on the glass."""
        return round(length * self.density)

    def apart(self, drawn: float) -> int:
        """Px here between two things to touch drawn `drawn` px apart: never under 3 mm."""
        return max(self.px(drawn), self.mm(GAP_MIN_MM))

    def touch(self, drawn: float) -> int:
        """Px here for the height of something to touch drawn `drawn` px high: never under 15 mm."""
        return max(self.px(drawn), self.mm(TOUCH_MIN_MM))

    def size(self, role: str) -> int:
        """Px of the em for a role of `ROLES`, at the visitor's text step. KeyError for an unknown role."""
        kind = ROLES[role]
        growth = 1 + (self.text_percent / 100 - 1) * kind.growth
        return round((kind.small_mm if self.small else kind.large_mm) * self.density * growth)

    def stroke(self, drawn: float) -> int:
        """Px of an outline drawn `drawn` px thick; 4 px at least in high contrast."""
        return max(1, self.px(max(drawn, 4) if self.contrast else drawn))

    def ledge(self, drawn: float) -> int:
        """Px of a ledge; none in high contrast."""
        return 0 if self.contrast else max(2, self.px(drawn))

    @property
    def large_text(self) -> bool:
        """True from the 150 % step on: pictures and second lines give their room to the words."""
        return self.text_percent >= 150

    @property
    def two_columns(self) -> bool:
        """True where two columns have room: lying, not small, and not in large text."""
        return not (self.portrait or self.large_text or self.small)

    @property
    def close(self) -> bool:
        """True where keys leave little room above them: on a low, a small or a lowered screen."""
        return self.small or self.lowered or self.tall < CLOSE_PX

    def lines(self, text: str, role: str, width_px: float) -> int:
        """About how many lines `text` takes in `width_px` (mean letter of the face: 0.53 em)."""
        per_line = max(1, int(width_px / (self.size(role) * 0.53)))
        return sum(max(1, -(-len(part) // per_line)) for part in text.split("\n"))
