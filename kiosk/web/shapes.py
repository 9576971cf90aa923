"""The few shapes of which every drawing of the kiosk is made, as SVG, in the colours of the tokens.

Only circles, rounded rectangles, half-discs, triangles and lines. A person is a disc on a half-disc on a rectangle,
with hair as a half-disc: no face, no expression.
"""

T900, T800, T700, T600 = "#0B3B45", "#0E4A56", "#17606D", "#2A6F7A"
T300, T200, T100 = "#8FBDC0", "#BCD8D9", "#DBEAEA"
CORAL, PEACH, WHITE, PAPER, GREEN = "#E8795A", "#FBE1D5", "#FFFFFF", "#F6F4EF", "#10562F"
SKIN = ("#F2C9A5", "#C98B60", "#8A5638", "#5C3925")
DARK_HAIR, BROWN_HAIR = "#2B2320", "#6B4A2E"


def rect(x: float, y: float, w: float, h: float, r: float, fill: str, edge: str = "", width: float = 0) -> str:
    """A rectangle with rounded corners."""
    outline = f' stroke="{edge}" stroke-width="{width}"' if edge else ""
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"{outline}/>'


def disc(cx: float, cy: float, r: float, fill: str, edge: str = "", width: float = 0) -> str:
    """A disc, or a ring with `fill` "none"."""
    outline = f' stroke="{edge}" stroke-width="{width}"' if edge else ""
    return f'<circle cx="{cx}" cy="{cy}" r="{r}" fill="{fill}"{outline}/>'


def line(points: str, color: str, width: float) -> str:
    """A line through `points` ("x,y x,y …") with round ends."""
    return (
        f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def shape(points: str, fill: str) -> str:
    """A filled polygon."""
    return f'<polygon points="{points}" fill="{fill}"/>'


def person(cx: float, foot: float, h: float, body: str, skin: str, hair: str = DARK_HAIR, cut: str = "short") -> str:
    """A person `h` high standing on `foot`; `cut` is "short", "long", "bun", "scarf" or "none"."""
    r, half = 0.17 * h, 0.27 * h
    top, head = foot - 0.34 * h, foot - 0.83 * h
    bust = f'<path d="M{cx - half} {foot}V{top}a{half} {half} 0 0 1 {2 * half} 0V{foot}z" fill="{body}"/>'
    face = disc(cx, head, r, skin)
    wide = (1.1 if cut == "scarf" else 1.06) * r
    brow = -0.62 * r if cut == "scarf" else -0.5 * r
    crown = (
        f'<path d="M{cx - wide} {head - 0.12 * r}a{wide} {wide} 0 0 1 {2 * wide} 0'
        f'q{-0.5 * r} {brow} {-wide} {brow}t{-wide} {-brow}z" fill="{hair}"/>'
    )
    if cut == "none":
        return bust + face
    if cut == "long":
        return rect(cx - 1.14 * r, head - 0.2 * r, 2.28 * r, 1.9 * r, 0.6 * r, hair) + bust + face + crown
    if cut == "scarf":
        return rect(cx - 1.25 * r, head - 1.2 * r, 2.5 * r, 3.1 * r, 1.2 * r, hair) + bust + face + crown
    knot = disc(cx, head - 1.12 * r, 0.42 * r, hair) if cut == "bun" else ""
    return bust + face + knot + crown
