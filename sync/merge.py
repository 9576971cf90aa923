"""The merge: which of two values of one field stands, and what is kept of the other. Pure.

The hub judges every change it receives. Whatever it decides, the value that stands bears the
newest stamp: when the hub keeps its own value against a newer change, or makes a third value out
of two, it stamps that value anew (``Verdict.restamp``). So a replica has one rule only, the newest
stamp stands, and both ends converge whatever the policy is.

Concurrency is seen by the base stamp, never by a clock; the clock only orders.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from sync.change import Change, Held, Value


class Policy(Enum):
    """What happens when two changes of one field were made without seeing each other."""

    LATEST = "latest"
    HUB_WINS = "hub_wins"
    UNION = "union"
    STATES = "states"
    ASK = "ask"


@dataclass(frozen=True)
class Lost:
    """A value that did not stand, kept in the conflict journal of both ends."""

    value: Value
    stamp: str
    rule: Policy
    needs_person: bool


@dataclass(frozen=True)
class Verdict:
    """The judgement of one change.

    Attributes:
        value: the value that stands.
        stamp: its stamp, meaningless when ``restamp`` is true.
        changed: the row must be written.
        restamp: the value must bear a new stamp of the judge, and reach every replica.
        lost: what did not stand, if two different values met.
    """

    value: Value
    stamp: str
    changed: bool
    restamp: bool = False
    lost: Lost | None = None


Transitions = Mapping[str, Collection[str]]


def judge(  # noqa: PLR0911  (one line for each case of the rule)
    policy: Policy, held: Held | None, change: Change, transitions: Transitions | None = None
) -> Verdict:
    """Judges a terminal's ``change`` against what the hub holds.

    Args:
        policy: the field's policy, declared beside the field.
        held: the hub's value and stamp, ``None`` when it holds none.
        change: the change that arrived.
        transitions: for ``Policy.STATES``, the states that may follow each state.
    """
    if held is None:
        return Verdict(change.value, change.stamp, changed=True)
    if held.stamp == change.stamp:
        return Verdict(held.value, held.stamp, changed=False)
    if held.value == change.value:
        newest = max(held.stamp, change.stamp)
        return Verdict(held.value, newest, changed=newest != held.stamp)
    concurrent = change.base != held.stamp
    if policy is Policy.HUB_WINS:
        return _keep(held, change, policy)
    if policy is Policy.STATES:
        return _judge_states(held, change, transitions or {})
    if not concurrent and change.stamp > held.stamp:
        return Verdict(change.value, change.stamp, changed=True)
    if policy is Policy.UNION:
        return _unite(held, change)
    if policy is Policy.ASK:
        return _keep(held, change, policy, needs_person=True)
    return _latest(held, change)


def _keep(held: Held, change: Change, rule: Policy, *, needs_person: bool = False) -> Verdict:
    """The hub's value stands; stamped anew when the refused change is newer."""
    lost = Lost(change.value, change.stamp, rule, needs_person)
    if change.stamp > held.stamp:
        return Verdict(held.value, held.stamp, changed=True, restamp=True, lost=lost)
    return Verdict(held.value, held.stamp, changed=False, lost=lost)


def _latest(held: Held, change: Change) -> Verdict:
    if change.stamp > held.stamp:
        lost = Lost(held.value, held.stamp, Policy.LATEST, False)
        return Verdict(change.value, change.stamp, changed=True, lost=lost)
    return Verdict(held.value, held.stamp, changed=False, lost=Lost(change.value, change.stamp, Policy.LATEST, False))


def _unite(held: Held, change: Change) -> Verdict:
    union: list[str] = sorted({*_texts(held.value), *_texts(change.value)})
    return Verdict(union, held.stamp, changed=True, restamp=True)


def _texts(value: Value) -> list[str]:
    return value if isinstance(value, list) else []


def _judge_states(held: Held, change: Change, transitions: Transitions) -> Verdict:
    """A change of state stands when the held state may be followed by it."""
    if str(change.value) in transitions.get(str(held.value), ()):
        if change.stamp > held.stamp:
            return Verdict(change.value, change.stamp, changed=True)
        return Verdict(change.value, held.stamp, changed=True, restamp=True)
    overtaken = str(held.value) in _reachable(str(change.value), transitions)
    return _keep(held, change, Policy.STATES, needs_person=not overtaken)


def _reachable(state: str, transitions: Transitions) -> set[str]:
    """Every state that a life may come to from ``state``, at once or by way of others."""
    reached: set[str] = set()
    ahead = [state]
    while ahead:
        following = set(transitions.get(ahead.pop(), ())) - reached
        reached |= following
        ahead.extend(following)
    return reached
