"""A finger on the drawn keys of real screens: every screen, at every speed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED, LINES, SLOW = 6, 3, 1
"""A line for each of the three screens; one of them is typed slowly too."""


def test_what_is_typed_on_the_glass_arrives_letter_for_letter() -> None:
    """By the command that types all of them (``tests.browser.typing_all``), with some."""
    command = [sys.executable, "-m", "tests.browser.typing_all", "--seed", str(SEED), "--count", str(LINES)]
    said = subprocess.run([*command, "--slow", str(SLOW)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr + said.stdout
    counted = {speed: int(lines) for speed, lines in re.findall(r"^(\w+): (\d+) lines", said.stdout, re.M)}
    assert counted == {"fast": LINES, "normal": LINES, "slow": SLOW}
    assert said.stdout.count(" 0 wrong") == len(counted)
