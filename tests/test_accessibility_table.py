"""The table of EN 301 549: every clause is there once, says one of four results, and names only tests that exist."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "accessibility" / "en-301-549.md"
RESULTS = ("pass", "fail", "not applicable", "not testable here")
FIFTH = """5.1.2.1 5.1.2.2 5.1.3.1 5.1.3.2 5.1.3.3 5.1.3.4 5.1.3.5 5.1.3.6 5.1.3.7 5.1.3.8 5.1.3.9 5.1.3.10 5.1.3.11
5.1.3.12 5.1.3.13 5.1.3.14 5.1.3.15 5.1.3.16 5.1.4 5.1.5 5.1.6.1 5.1.6.2 5.1.7 5.2 5.3 5.4 5.5.1 5.5.2 5.6.1 5.6.2 5.7
5.8 5.9"""
WCAG = """1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11
1.4.12 1.4.13 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.5.1 2.5.2 2.5.3 2.5.4
3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.3.1 3.3.2 3.3.3 3.3.4 4.1.1 4.1.2 4.1.3"""
"""Levels A and AA of WCAG 2.1, whose numbers chapters 9 and 11 carry on."""
ELEVENTH = """11.5.1 11.5.2.1 11.5.2.2 11.5.2.3 11.5.2.4 11.5.2.5 11.5.2.6 11.5.2.7 11.5.2.8 11.5.2.9 11.5.2.10
11.5.2.11 11.5.2.12 11.5.2.13 11.5.2.14 11.5.2.15 11.5.2.16 11.5.2.17 11.6.1 11.6.2 11.7 11.8.1 11.8.2 11.8.3 11.8.4 11.8.5"""
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@cache
def rows() -> tuple[tuple[str, str, str, str], ...]:
    """Clause, title, result and what it was seen by."""
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and re.match(r"\d", cells[0]):
            found.append((cells[0], cells[1], cells[2], cells[3]))
    return tuple(found)


def missing(seen_by: str) -> list[str]:
    """The tests that a cell names and that do not exist."""
    return [
        f"{file}::{name}"
        for file, name in NAMED.findall(seen_by)
        if not (ROOT / file).is_file() or (name and f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8"))
    ]


def test_every_clause_is_judged_once() -> None:
    wanted = [*FIFTH.split(), *(f"9.{one} / 11.{one}" for one in WCAG.split()), *ELEVENTH.split()]
    assert [clause for clause, *_ in rows()] == wanted


def test_every_clause_says_its_result_and_what_it_was_seen_by() -> None:
    assert [clause for clause, _, result, seen_by in rows() if result not in RESULTS or not seen_by] == []


def test_the_numbers_above_the_table_are_those_of_the_table() -> None:
    counted = Counter(result for _, _, result, _ in rows())
    said = " · ".join(f"{counted[result]} {result}" for result in RESULTS)
    assert f"**{said}.**" in TABLE.read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    assert {clause: missing(seen_by) for clause, _, _, seen_by in rows() if missing(seen_by)} == {}


@pytest.mark.parametrize("named", ["`tests/no_such.py`", "`tests/test_accessibility_table.py::test_of_nothing`"])
def test_a_test_that_does_not_exist_is_found(named: str) -> None:
    assert missing(named)
    assert missing(f"`tests/test_accessibility_table.py::{test_every_clause_is_judged_once.__name__}`") == []
