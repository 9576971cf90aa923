"""How the fields of one change meet what stands at the hub: the policy of each field, and what lost.

Used for an operation when it comes (``ingest``) and for a change that waited for its record (``early``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sync import merge
from sync.change import Change
from sync.clock import HybridClock
from sync.fields import FieldChange
from sync.hub.conflicts import Loss
from sync.hub.standing import Standing
from sync.records import FIELDS


@dataclass(frozen=True)
class Author:
    """The terminal that wrote a change."""

    terminal_id: str
    terminal_no: int


@dataclass
class Judged:
    """What became of a change: the fields whose sent value does not stand, and everything to be journaled."""

    lost: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def judge_fields(
    standing: Standing, changes: Mapping[str, FieldChange], author: Author, clock: HybridClock, *, sent_now: bool = True
) -> Judged:
    """Judges every field of one change and puts what stands into ``standing``.

    Args:
        standing: the record; it is changed.
        changes: the fields as their author wrote them.
        author: who wrote them.
        clock: the hub's, for what must be stamped anew.
        sent_now: false when the author is not the terminal that is sending now: the feed must then tell
            everybody, because nobody else holds these values.
    """
    fields = FIELDS[standing.kind]
    judged = Judged()
    for name, sent in changes.items():
        if name not in standing.stamps:  # nobody ever set it: ``merge.judge`` lets it stand whatever the policy
            (standing.accept if sent_now else standing.decide)(name, sent.value, sent.stamp)
            continue
        change = Change(name, sent.value, sent.stamp, sent.base)
        verdict = merge.judge(fields.policy(name), standing.held(name), change, fields.transitions.get(name))
        if verdict.restamp:
            verdict = replace(verdict, stamp=clock.tick())
            standing.decide(name, verdict.value, verdict.stamp)
        elif verdict.changed and sent_now:
            standing.accept(name, verdict.value, verdict.stamp)
        elif verdict.changed:
            standing.decide(name, verdict.value, verdict.stamp)
        if verdict.lost is not None:
            judged.losses.append(loss(standing, name, verdict, verdict.lost, author))
            if verdict.lost.stamp == sent.stamp:
                judged.lost.append(name)
            else:  # what stood before lost: its author hears of it by the feed
                standing.over.setdefault(name, verdict.lost.stamp)
    return judged


def loss(standing: Standing, name: str, verdict: merge.Verdict, lost: merge.Lost, author: Author) -> Loss:
    """The line of the journal for one value that did not stand."""
    return Loss(
        kind=standing.kind,
        site_id=standing.site_id,
        record_id=standing.id,
        field=name,
        kept=(verdict.value, verdict.stamp),
        lost=lost,
        author=author.terminal_id,
        author_no=author.terminal_no,
    )
