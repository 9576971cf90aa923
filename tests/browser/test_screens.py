"""Every screen is reached and drawn, upright; ``POINT_CONTACT_SHOTS`` says where to keep the pictures.

Lying and small screens are in the matrix of journeys; ``tests.browser.take_screens`` draws every one of them lying too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.person import PAINTED_BYTES, Person
from tests.browser.screens import take_visit
from tests.stage import Stage

SCREENS_MIN = 45


@pytest.mark.parametrize("shape", ["portrait"])
def test_every_screen_is_drawn(stage: Stage, visitor: Callable[..., Person], tmp_path: Path, shape: str) -> None:
    folder = Path(os.environ.get("POINT_CONTACT_SHOTS") or tmp_path)
    taken = take_visit(visitor(shape), stage.kiosk_url, folder, shape)
    assert len(taken) >= SCREENS_MIN
    pictures = [file.read_bytes() for file in taken]
    assert [file.name for file, picture in zip(taken, pictures, strict=True) if len(picture) < PAINTED_BYTES] == []
    assert len(set(pictures)) == len(pictures), "two screens look the same: one of them was never drawn"
