"""How visits ended, in counts: one record a terminal, day and journey, written once that day is over.

There is no visit in it, and no moment: the taps of a day are counted where they were made, and told together, so that
neither their order nor their times can be made out. The hub adds up and hides what is too few (``sync.hub.opinions``).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field as Limit
from pydantic import StringConstraints

from sync.merge import Policy
from sync.records.base import Code, RecordFields, RecordTable

ANSWERS = ("good", "fair", "poor")
"""What may be said with one tap, best first."""
JOURNEYS = ("registration", "booking", "contract", "events", "near", "other")
"""What a visit was mostly about."""
COUNT_MAX = 9999

Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Count = Annotated[int, Limit(ge=0, le=COUNT_MAX)]


class SatisfactionFields(RecordFields):
    """The counts of one terminal for one day (of its site) and one journey. Its terminal alone writes it."""

    kind: ClassVar[str] = "satisfaction"
    terminal_may_write: ClassVar[frozenset[str]] = frozenset({"terminal_no", "day", "journey", *ANSWERS})

    terminal_no: Annotated[int, Policy.HUB_WINS, Limit(ge=1, le=32767)]
    day: Annotated[Day, Policy.HUB_WINS]
    journey: Annotated[Code, Policy.HUB_WINS]
    good: Annotated[Count, Policy.LATEST] = 0
    fair: Annotated[Count, Policy.LATEST] = 0
    poor: Annotated[Count, Policy.LATEST] = 0


class Satisfaction(SatisfactionFields, RecordTable, table=True):
    """The row of these counts."""

    __tablename__ = "satisfaction"
