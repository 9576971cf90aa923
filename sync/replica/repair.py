"""Finding and mending what differs between this terminal and its hub, record by record.

At the end of a round both ends compare a digest. Where it differs, one of them is wrong about some records, and nobody
wants to read the whole feed again for them on a bad line: the terminal walks down the tree of places
(``sync.digest``), asks for the records that differ, and believes the hub over what is here, as a whole reading of the
feed would (``apply.start_refill``). When anything moves meanwhile it stops: the next round compares again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection

from sync.digest import DIGITS, Key, Tree, digest_of, sums_of
from sync.replica import apply, meta, outbox, rows
from sync.replica.clockwork import Clockwork
from sync.replica.database import ReplicaDatabase
from sync.wire import BRANCHES_PER_QUESTION_MAX, WANTED_PER_QUESTION_MAX, Branch, CompareReply, CompareRequest

DIFFERING_MAX = 2000
"""More differing records than these are cheaper to read from the feed as a whole."""
QUESTIONS_MAX = 64

Question = Callable[[CompareRequest], CompareReply | None]
"""Asks the hub; ``None`` when another question of this terminal was faster."""


class Repair:
    """One repair.

    Args:
        database: the encrypted database.
        clockwork: corrected time.
        terminal_id: this terminal.
        node: its number.
        question: asks the hub. Raises HubUnreachable, UntrustedHub, Refused.
        differing_max: more differing records than these are read from the feed as a whole.
    """

    def __init__(
        self,
        database: ReplicaDatabase,
        clockwork: Clockwork,
        terminal_id: str,
        node: int,
        question: Question,
        *,
        differing_max: int = DIFFERING_MAX,
    ) -> None:
        self._database = database
        self._clockwork = clockwork
        self._terminal_id = terminal_id
        self._node = node
        self._question = question
        self._differing_max = differing_max
        self._questions = 0

    def run(self) -> int | None:
        """Mends every record that differs; when they are too many, begins to read the whole feed again.

        Returns:
            How many there were; ``None`` when something moved meanwhile.

        Raises:
            HubUnreachable, UntrustedHub, Refused: the hub gave no answer; what was mended before stays.
        """
        with self._database.read() as connection:
            tree = Tree(rows.marks(connection))
        differing = self._find(tree)
        if differing is None:
            return None
        if len(differing) > self._differing_max:
            with self._database.write(urgent=True) as connection:
                apply.start_refill(connection, self._node)
            return len(differing)
        for at in range(0, len(differing), WANTED_PER_QUESTION_MAX):
            wanted = differing[at : at + WANTED_PER_QUESTION_MAX]
            if not self._mend(wanted):
                return None
        return len(differing)

    def _find(self, tree: Tree) -> list[Key] | None:
        """The records that one end holds otherwise than the other, not many more than ``differing_max``; ``None`` when
        something moved meanwhile."""
        asked, differing = [""], set[Key]()
        while asked and len(differing) <= self._differing_max:
            now, asked = asked[:BRANCHES_PER_QUESTION_MAX], asked[BRANCHES_PER_QUESTION_MAX:]
            reply = self._ask(prefixes=now)
            if reply is None:
                return None
            for branch in reply.branches:
                asked += _deeper(tree, branch)
                differing |= _named(tree, branch)
        return sorted(differing)

    def _mend(self, wanted: list[Key]) -> bool:
        """Believes the hub about these records. Returns False when something moved meanwhile."""
        reply = self._ask(wanted=wanted)
        if reply is None:
            return False
        with self._database.write(urgent=True) as connection:
            if not _still(connection, reply):
                return False
            apply.forget_stamps(connection, self._node, only=wanted)
            pending = apply.pending_after(connection, reply.entries, 0, ())
            applied = apply.apply(connection, reply.entries, pending, reply.now_ms, node=self._node)
            if applied.newest:
                self._clockwork.observe(connection, applied.newest)
            apply.take_whole(connection, only=wanted)
        return True

    def _ask(self, *, prefixes: Iterable[str] = (), wanted: Iterable[Key] = ()) -> CompareReply | None:
        self._questions += 1
        if self._questions > QUESTIONS_MAX:
            return None
        with self._database.read() as connection:
            incarnation = outbox.incarnation_of(connection)
        reply = self._question(
            CompareRequest(
                terminal_id=self._terminal_id, incarnation=incarnation, prefixes=list(prefixes), wanted=list(wanted)
            )
        )
        if reply is None:
            return None
        with self._database.read() as connection:
            return reply if _still(connection, reply) else None


def _still(connection: Connection, reply: CompareReply) -> bool:
    """True while this terminal has read exactly what the answer is about."""
    here = (meta.read(connection, meta.GENERATION), apply.read_checkpoints(connection))
    return here == (reply.generation, reply.checkpoints)


def _deeper(tree: Tree, branch: Branch) -> list[str]:
    """The branches under this one whose sums differ."""
    if branch.sums is None:
        return []
    below = [branch.prefix + digit for digit in DIGITS]
    return [
        prefix
        for prefix, sums in zip(below, branch.sums, strict=False)
        if sums_of(tree.marks_under(prefix).values()) != sums
    ]


def _named(tree: Tree, branch: Branch) -> set[Key]:
    """The records under a branch without further ones that differ, or that one end does not hold."""
    if branch.named is None:
        return set()
    there: Mapping[Key, int] = {(kind, site_id, record_id): mark for kind, site_id, record_id, mark in branch.named}
    here = tree.marks_under(branch.prefix)
    return {key for key in there.keys() | here.keys() if there.get(key) != here.get(key)}


def digest_here(connection: Connection) -> str:
    """The digest of what this terminal holds."""
    return digest_of(rows.marks(connection).values())
