"""Two real terminals of one site, cut off, book the same stock: nobody twice, nobody refused for nothing.

``make test`` walks a few; ``python -m tests.simulation.partition --walks 10000`` walks them all, on real database
files. ``test_interleavings.py`` walks 10,000 of the rules alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from sync import escrow
from sync.hub.places import Places
from tests.simulation.partition import Wrong, walk_many

WALKS = int(os.environ.get("POINT_CONTACT_WALKS", "100"))


@pytest.mark.simulation
@pytest.mark.parametrize("first", range(0, WALKS, 50))
def test_two_cut_off_terminals_never_promise_one_place_twice_nor_refuse_a_free_one(first: int) -> None:
    happened = walk_many(first, 50)

    print(dict(happened))
    assert {"told guaranteed", "told requested", "ended confirmed", "ended declined", "ended cancelled"} <= set(
        happened
    )


def a_granted_place_is_given_to_others(patch: pytest.MonkeyPatch) -> None:
    true = escrow.taken
    patch.setattr(escrow, "taken", lambda bookings, granted: true(bookings, {}))


def an_overlap_is_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(escrow, "touches", lambda one, other: False)


def every_slot_looks_full_at_the_hub(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Places, "why_not_free", lambda self, slot_id, now, without=None: "slot_taken")


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("plant", "sort"),
    [
        (a_granted_place_is_given_to_others, "double"),
        (an_overlap_is_ignored, "double"),
        (every_slot_looks_full_at_the_hub, "needless"),
    ],
)
def test_the_walks_see_a_planted_fault(
    plant: Callable[[pytest.MonkeyPatch], None], sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)

    with pytest.raises(Wrong, match=f"walk .*: {sort}"):
        walk_many(0, 100)
