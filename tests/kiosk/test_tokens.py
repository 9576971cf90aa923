"""Sizes in millimetres, text steps, and the contrasts the palettes promise."""

from dataclasses import replace

import pytest

from kiosk.tokens import CONTRAST, DAY, ROLES, TEXT_STEPS_PERCENT, Look, Palette

SCREENS = {
    "portrait": Look(1080, 1920, 21.5),
    "landscape": Look(1920, 1080, 21.5),
    "fifteen": Look(1920, 1080, 15.6),
    "small": Look(1280, 800, 10.1),
    "window": Look(1280, 720, 21.5),
}
SENTENCES = (
    ("ink", "ground"), ("ink", "surface"), ("ink_soft", "ground"), ("ink_soft", "surface"), ("on_action", "action"),
    ("on_action_soft", "action"), ("second", "second_ground"), ("on_deep", "deep"), ("on_deep_soft", "deep"),
    ("sure", "sure_soft"), ("wait", "wait_soft"), ("wait_body", "wait_soft"), ("fault", "fault_soft"),
    ("fault", "ground"), ("on_off", "off"), ("on_help", "help"), ("on_tint", "tint"), ("on_dock", "dock"),
    ("on_dock_on", "dock_on"), ("ink", "key"), ("ink", "key_function"), ("ink", "selected"), ("on_point", "point"),
    ("disabled", "disabled_ground"),
)  # fmt: skip
SHAPES = (
    ("icon", "ground"),
    ("ledge", "ground"),
    ("control", "surface"),
    ("key_ledge", "key_bed"),
    ("focus", "ground"),
)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [DAY, CONTRAST], ids=["day", "contrast"])
@pytest.mark.parametrize(("ink", "ground"), SENTENCES)
def test_every_sentence_reaches_seven_to_one(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 7


@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_every_icon_and_ledge_reaches_three_to_one(shape: str, ground: str) -> None:
    assert contrast(getattr(DAY, shape), getattr(DAY, ground)) >= 3


def test_the_drawings_are_met_pixel_for_pixel() -> None:
    look = SCREENS["portrait"]
    assert (look.size("body"), look.size("label"), look.size("h1")) == (30, 34, 68)
    assert look.px(64) == 64
    small = SCREENS["small"]
    assert small.small
    assert (small.size("body"), small.size("h1")) == (29, 46)


@pytest.mark.parametrize("look", SCREENS.values(), ids=SCREENS.keys())
def test_what_is_touched_is_never_under_fifteen_millimetres(look: Look) -> None:
    for drawn in (10, 68, 84, 104):
        assert look.touch(drawn) >= 15 * look.density - 1


@pytest.mark.parametrize("step", TEXT_STEPS_PERCENT)
def test_sentences_grow_fully_and_titles_less(step: int) -> None:
    look = Look(1080, 1920, 21.5, text_percent=step)
    assert look.size("body") == pytest.approx(30 * step / 100, abs=1)
    assert look.size("h1") == pytest.approx(68 * (1 + (step / 100 - 1) * 0.4), abs=1)


def test_high_contrast_has_no_ledge_and_thick_outlines() -> None:
    look = Look(contrast=True)
    assert look.ledge(6) == 0
    assert look.stroke(2) >= 4


def test_every_role_is_a_size_of_text() -> None:
    for role in ROLES:
        assert SCREENS["portrait"].size(role) >= 20


def test_a_lowered_screen_keeps_its_millimetres_in_sixty_percent_of_its_height() -> None:
    usual = SCREENS["portrait"]
    low = replace(usual, low=True)
    assert low.room_px == 0.6 * usual.room_px
    assert (low.px(64), low.size("body"), low.touch(10)) == (usual.px(64), usual.size("body"), usual.touch(10))
    assert low.portrait


@pytest.mark.parametrize("name", ["landscape", "small"])
def test_a_screen_that_is_within_reach_is_not_lowered(name: str) -> None:
    look = replace(SCREENS[name], low=True)
    assert not look.can_be_lowered
    assert look.room_px == look.height_px
