"""Papers that the tests print, and what somebody else's programs read on them."""

from __future__ import annotations

import io
import struct
import zlib

import pypdfium2
from pypdf import PdfReader

from kiosk.printing.pdf import Document
from kiosk.printing.sheet import Fact, Note, Sheet
from tests.kiosk.qr_reader import read_qr

CLAIM = "MFRGGZDFMZTWQ2LK" * 13 + "NNWG23T"
ADDRESS = f"https://contact.mairie-exemple.fr/c/{CLAIM}"
LONG = "Médiathèque intercommunale François-Mitterrand de Saint-Denis-de-La-Réunion, salon fermé de l’étage"
BOOKED = Sheet(
    name="Point Contact", site=LONG, made=("mardi 17 novembre 2026", "10\u00a0h\u00a042"), title="Rendez-vous réservé.",
    kind="Réservé", sentence="L’heure est à vous.", code_label="Votre code", code="K7F\u00a0M2Q\u00a0XP4R",
    code_why="Gardez-le.", qr=ADDRESS,
    qr_words="Visez ce dessin avec votre téléphone, puis touchez l’adresse. Vous voyez où en est votre préparation.",
    facts=(
        Fact("Jour et heure", "jeudi 19 novembre 2026", "de 14\u202fh à 14\u202fh\u202f45 (11\u202fh à Paris)"),
        Fact("Lieu", LONG),
        Fact("Sujet", "Signer mon contrat d’engagement, ŒUVRE, Noël, ÀÉÈÊËÎÏÔÙÛÜŸÇ «\u00a0…\u00a0» – 5\u00a0€"),
    ),
    steps_title="Et maintenant",
    steps=("Venez 5 minutes avant, au salon fermé, avec ce code.", "Un empêchement\u00a0? Touchez ici."),
    notes=(Note("Cette préparation n’est pas une inscription.", "Elle prend effet plus tard."),),
)  # fmt: skip
BARE = Sheet(name="Point Contact", site="Mairie", made=("mardi",), title="Annulé.", facts=(
    Fact("Jour", "jeudi 19 novembre 2026", struck=True), Fact("Heures", items=("14 h", "15 h", "16 h")),
))  # fmt: skip


def read(document: Document) -> str:
    """The words on the only page of a document, lines joined."""
    reader = PdfReader(io.BytesIO(document.pdf))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().replace("\u00a0", " ").split())


def raster(document: Document, scale: float = 4.0) -> tuple[list[list[bool]], int, int]:
    """The page as a printer sees it, true where dark; its width and height in dots."""
    pages = pypdfium2.PdfDocument(document.pdf)
    picture = pages[0].render(scale=scale).to_pil().convert("L")
    width, height = picture.size
    grey = picture.tobytes()
    return [[grey[y * width + x] < 128 for x in range(width)] for y in range(height)], width, height


def qr_on(document: Document) -> str:
    """The text of the QR on a page: its upper corners are looked for, then each module is looked at in its middle."""
    dots, width, height = raster(document, 8.0)
    left, top, side, module = _square(dots, width, height)
    modules = 17 + 4 * round((side / module - 17) / 4)  # of a whole version
    middles = [(at + 0.5) * side / modules for at in range(modules)]
    code = [[dots[int(top + y)][int(left + x)] for x in middles] for y in middles]
    return read_qr(_png(code), scale=1, border=2)[0]


def _square(dots: list[list[bool]], width: int, height: int) -> tuple[float, float, float, float]:
    """Left, top, side and module of a QR, from the first row that crosses the middles of two of its corners."""
    for y in range(height):
        corners = [(x, module) for x, module in _crossed(dots[y], width) if _is_corner(dots, y, x, module)]
        if len(corners) == 2:
            (left, module), (right, _) = corners
            top = y
            while any(dots[top - 1][int(left) : int(left + 7 * module)]):
                top -= 1
            return (
                left,
                top,
                right + 7 * module - left,
                (right + 7 * module - left) / round((right - left) / module + 7),
            )
    raise AssertionError("no QR on this page")


def _crossed(row: list[bool], width: int) -> list[tuple[float, float]]:
    """Where a row is dark, white, dark, white, dark as 1:1:3:1:1, with the size of a module."""
    edges = [0, *(x for x in range(1, width) if row[x] != row[x - 1]), width]
    found = []
    for at in range(1, len(edges) - 5):
        runs = [edges[at + i + 1] - edges[at + i] for i in range(5)]
        module = sum(runs) / 7
        even = all(abs(run - part * module) < module * 0.4 for run, part in zip(runs, (1, 1, 3, 1, 1), strict=True))
        if row[edges[at]] and even and module > 5:
            found.append((float(edges[at]), module))
    return found


def _is_corner(dots: list[list[bool]], y: int, left: float, module: float) -> bool:
    """The same pattern from top to bottom, around the row that crosses its middle."""
    x = int(left + 3.5 * module)
    column = [dots[min(len(dots) - 1, max(0, int(y + (at - 3) * module)))][x] for at in range(7)]
    return column == [True, False, True, True, True, False, True]


def _png(code: list[list[bool]]) -> bytes:
    """A picture of two colours, one dot a module, as ``read_qr`` wants it."""
    side = len(code) + 4
    rows = b""
    blank = [False] * side
    for row in [blank, blank, *([False, False, *line, False, False] for line in code), blank, blank]:
        bits = "".join("1" if dark else "0" for dark in row).ljust((side + 7) // 8 * 8, "0")
        rows += b"\x00" + bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"PLTE", b"\xff\xff\xff\x00\x00\x00")
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )  # fmt: skip
