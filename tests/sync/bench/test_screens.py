"""The arithmetic of « bench kiosk --every-screen », on drawings whose cost is known, and the code it ends with."""

from __future__ import annotations

from sync.bench.screens import LIMIT_MS, figures

READ = {"portrait": {"home": [4.0, 9.0, 5.0], "list": [30.0, 20.0, 25.0]}, "landscape": {"home": [6.0, 7.0, 8.0]}}


def test_a_screen_counts_with_its_worst_drawing_and_the_worst_screen_has_a_name() -> None:
    found = figures(READ)
    assert found["python_ms_worst_per_screen"] == {
        "list, portrait": 30.0,
        "home, portrait": 9.0,
        "home, landscape": 8.0,
    }
    assert (found["worst_screen"], found["python_ms_worst"]) == ("list, portrait", 30.0)
    assert (found["screens"], found["drawings"], found["python_ms_median"]) == (3, 9, 8.0)


def test_one_drawing_above_the_limit_names_its_screen_and_all_at_it_name_none() -> None:
    assert figures(READ)["above_limit"] == []
    assert figures({"portrait": {"home": [LIMIT_MS] * 3}})["above_limit"] == []
    slow = {"portrait": {**READ["portrait"], "slip": [5.0, LIMIT_MS + 0.2]}}
    assert figures(slow)["above_limit"] == ["slip, portrait"]
