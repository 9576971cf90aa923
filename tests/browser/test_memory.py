"""Sixty visits, one after the other: neither the terminal's program nor Chromium keeps anything of them.

A thousand are in ``make soak`` (``tests.browser.many_visits``).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.many_visits import LIMITS, live
from tests.browser.person import Person
from tests.stage import Stage

VISITS = 60
NOISE_MIB = 0.15
"""MiB a visit more than in a thousand: so few visits tell a slope less exactly."""


def test_memory_stays_flat_over_sixty_visits(
    stage: Stage, visitor: Callable[..., Person], capsys: pytest.CaptureFixture[str]
) -> None:
    context = visitor("small").page.context
    memory = live(lambda: visitor(context=context), stage, VISITS)
    with capsys.disabled():
        for name, held in (("program", memory.program), ("Chromium", memory.chromium)):
            print(f"\n  {name}: {held[0]:.1f} -> {held[-1]:.1f} MiB", end="")
    for grew, limit in zip(memory.growth(), LIMITS, strict=True):
        assert grew < limit + NOISE_MIB
