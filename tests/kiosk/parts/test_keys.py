"""The drawn keys: how large, how far apart, which letters, which of them are accepted, and nothing on one cut."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path

import pytest
from PIL import ImageFont

from kiosk.entry import Entry, EntryKind
from kiosk.models.answers import AnswerError, check_email, check_line, check_name, check_phone, check_postal_code
from kiosk.parts import keyboard
from kiosk.parts.keys import PADS, Board, Key, Room, gap_px, room_on, rows, widths
from kiosk.tokens import ROLES, TEXT_STEPS_PERCENT, Look
from kiosk.wording import LANGUAGES, say
from tests.kiosk.names import Finger, lines
from tests.kiosk.test_tokens import SCREENS

UPRIGHT_TEN = Look(800, 1280, 10.1)
LOOKS = {**SCREENS, "upright ten inches": UPRIGHT_TEN, "upright fifteen": Look(1080, 1920, 15.6)}
KINDS: tuple[EntryKind, ...] = ("name", "text", "email", "phone", "digits", "date", "code")
LAYERS = ("letters", "more", "digits")
CIVIL_STATUS = "àâäçéèêëïîôöùûüÿæœ"
"""The signs that French registers of civil status write."""
NAMES = {"es": "ñáéíóúü", "pt": "áàâãçéêíóôõú", "ro": "ăâîșț", "tr": "çğıİöşü"}
FONTS = Path(keyboard.__file__).parents[1] / "web" / "fonts"
FACES = {"ar": "NotoSansArabic-600.ttf", "fa": "NotoSansArabic-600.ttf", "uk": "NotoSansCyrillic-600.ttf"}


def room(name: str, kind: EntryKind) -> Room:
    return room_on(LOOKS[name], keyboard.bed_px(LOOKS[name], kind))


def every_layout(name: str, kind: EntryKind) -> list[list[list[Key]]]:
    layers = LAYERS if kind in ("name", "text", "email") else LAYERS[:1]
    return [
        rows(kind, layer, alphabetical=order, room=room(name, kind)) for layer, order in product(layers, (False, True))
    ]


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_key_is_under_fifteen_millimetres_nor_nearer_than_three_to_another(name: str, kind: EntryKind) -> None:
    look = LOOKS[name]
    gap = gap_px(look)
    assert gap / look.density >= 3
    for layout in every_layout(name, kind):
        for line in layout:
            wide = widths(line, keyboard.bed_px(look, kind), gap)
            assert min(wide) / look.density >= 15, (name, line, wide)
            assert all((keyboard.height_px(look, key) + 0.5) / look.density >= 15 for key in line)


@pytest.mark.parametrize("high", [False, True])
def test_rows_stand_three_millimetres_apart_with_their_ledges_and_without(high: bool) -> None:
    for look in LOOKS.values():
        drawn = replace(look, contrast=high)
        ledge = drawn.ledge(keyboard.LEDGE)
        assert (gap_px(drawn) - ledge) + ledge >= 3 * drawn.density
        assert gap_px(drawn) > ledge


@pytest.mark.parametrize("name", LOOKS)
def test_every_letter_of_a_name_in_the_languages_of_the_kiosk_can_be_typed(name: str) -> None:
    for kind, letters in product(("name", "text"), (CIVIL_STATUS, *NAMES.values())):
        finger = Finger(kind, room(name, kind))  # type: ignore[arg-type]
        for letter in {*letters, *letters.upper()} - {"ß"}:
            list(finger.taps(letter))


@pytest.mark.parametrize("name", LOOKS)
def test_what_is_offered_is_accepted(name: str) -> None:
    def accepted(kind: EntryKind, typed: str) -> bool:
        around = {"name": f"a{typed}a", "text": f"a{typed}a", "email": f"a{typed}a@b.fr"}
        check = {"name": check_name, "text": check_line, "email": check_email}.get(kind)
        try:
            if check is not None:
                return check(around[kind]) == around[kind]
            if kind == "phone":
                return bool(check_phone("+33612345678" if typed == "+" else f"061234567{typed}", "FR"))
            return bool(check_postal_code(f"1234{typed}"))
        except AnswerError:
            return False

    for kind in ("name", "text", "email", "phone", "digits"):
        offered = {
            key.typed(upper=upper)
            for layout in reachable(name, kind)
            for key, upper in product([key for line in layout for key in line if key.letters.strip()], (False, True))
        }
        refused = [typed for typed in offered if typed not in ("@", ".fr", ".com") and not accepted(kind, typed)]
        assert not refused, (kind, refused)
        assert all(unicodedata.normalize("NFC", typed) == typed for typed in offered)


def reachable(name: str, kind: EntryKind) -> list[list[list[Key]]]:
    """The layouts to which a key leads, from the letters on."""
    found, ahead = {}, ["letters"]
    while ahead:
        layer = ahead.pop()
        found[layer] = rows(kind, layer, room=room(name, kind))
        ahead += [
            key.action for line in found[layer] for key in line if key.action in LAYERS and key.action not in found
        ]
    return list(found.values())


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_keyboard_can_be_hidden_everywhere_and_its_letters_put_in_order(name: str, kind: EntryKind) -> None:
    for layout in reachable(name, kind):
        assert [key.action for line in layout for key in line].count("hide") == 1
    first = [key.action for line in rows(kind, room=room(name, kind)) for key in line]
    in_order = room(name, kind).columns < 10 or kind in PADS
    assert in_order or "order" in first


@lru_cache(maxsize=256)
def face_of(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_in_the_largest_text_nothing_on_a_key_is_cut(name: str, kind: EntryKind) -> None:
    for step, language in product(TEXT_STEPS_PERCENT, LANGUAGES):
        look = replace(LOOKS[name], text_percent=step)
        file = str(FONTS / FACES.get(language, "AtkinsonHyperlegibleNext-600.ttf"))
        latin = str(FONTS / "AtkinsonHyperlegibleNext-600.ttf")
        wide = keyboard.bed_px(look, kind)
        for line in (line for layout in every_layout(name, kind) for line in layout):
            for key, width in zip(line, widths(line, wide, gap_px(look)), strict=True):
                if key.glyph or not (key.letters or key.action):
                    continue
                word = key.action or key.letters == " "
                for face in [str(say(key.say, language))] if word else {key.letters, key.typed(upper=True)}:
                    size = keyboard.face_px(look, face, key, width)
                    in_latin = all(letter < "\u0370" or letter == "…" for letter in face)
                    font = face_of(latin if in_latin else file, size)
                    told = (name, kind, language, step, face, size)
                    assert font.getlength(face) <= width - 2 * keyboard.AROUND_PX, told
                    assert size * ROLES["key"].leading <= keyboard.height_px(look, key) - 2 * keyboard.AROUND_PX, told
                    assert size >= look.size("key_word") * 100 / step * 0.8, told


def test_one_letter_of_the_others_leads_back_and_shift_turns_the_case_round_for_one_letter() -> None:
    entry = Entry("name")
    board = Board(entry)
    for key in (Key(action="shift"), Key("d"), Key("e"), Key(" "), Key("l"), Key("a")):
        board.press(key)
    assert entry.value == "de La"
    board.press(Key(action="more"))
    assert board.layer == "more"
    board.press(Key("ı", accent=True))
    assert (entry.value, board.layer) == ("de Laı", "letters")
    for key in (Key("-"), Key(action="more"), Key("ı", accent=True)):
        board.press(key)
    assert entry.value == "de Laı-İ", "I has a key of its own"


@pytest.mark.parametrize("name", LOOKS)
def test_two_hundred_names_and_addresses_are_what_the_answers_keep(name: str) -> None:
    for line in lines(seed=6):
        entry_kind = line.kind
        list(Finger(entry_kind, room(name, entry_kind)).taps(line.words))
        assert (check_name if entry_kind == "name" else check_line)(line.words) == line.words
