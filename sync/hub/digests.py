"""What a terminal should hold, as a digest; and, when it holds something else, what exactly differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from sync.digest import Key, Tree, digest_of
from sync.hub import feed
from sync.hub.caller import Caller
from sync.hub.database import table_of
from sync.hub.standing import load
from sync.hub.tables import RecordStamps
from sync.records import FIELDS
from sync.wire import Branch, CompareReply, CompareRequest, FeedEntry

KEPT_MAX = 4096
_STAMPS = table_of(RecordStamps)
_MARKS = select(_STAMPS.c.mark).where(_STAMPS.c.site_id.in_(bindparam("parts", expanding=True)))
_NAMED_MARKS = select(_STAMPS.c.kind, _STAMPS.c.site_id, _STAMPS.c.id, _STAMPS.c.mark).where(
    _STAMPS.c.site_id.in_(bindparam("parts", expanding=True))
)


class Digests:
    """The digests of sites, each computed once for a state of the feed."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, str]] = {}

    def of(self, connection: Connection, site_id: str, generation: str, heads: Mapping[str, int]) -> str:
        """The digest of what a terminal of a site should hold when it has read the feed as far as ``heads``.

        Args:
            connection: of the transaction in which these heads were read.
            site_id: the site.
            generation: of the hub's history.
            heads: the newest number of every part that the terminal may see.
        """
        state = (generation, tuple(sorted(heads.items())))
        kept = self._kept.get(site_id)
        if kept is not None and kept[0] == state:
            return kept[1]
        digest = digest_of(connection.execute(_MARKS, {"parts": list(heads)}).scalars())
        if len(self._kept) >= KEPT_MAX:
            self._kept.clear()
        self._kept[site_id] = (state, digest)
        return digest


def compare(connection: Connection, caller: Caller, message: CompareRequest, now_ms: int) -> CompareReply:
    """Answers a terminal whose digest differs: sums or names under each branch it asks for, and whole records.

    Args:
        connection: of a reading transaction.
        caller: the terminal.
        message: what it asks for; what it may not see is as if it did not exist.
        now_ms: milliseconds since 1970.
    """
    parts = [caller.site_id, feed.COMMON_PART]
    return CompareReply(
        now_ms=now_ms,
        generation=feed.read_generation(connection),
        checkpoints=feed.read_heads(connection, parts),
        branches=_branches(connection, parts, message.prefixes),
        entries=_whole(connection, [key for key in message.wanted if key[1] in parts]),
    )


def _branches(connection: Connection, parts: Sequence[str], prefixes: Sequence[str]) -> list[Branch]:
    """No statement where none is asked for: a question for whole records has no use for a tree."""
    if not prefixes:
        return []
    found = connection.execute(_NAMED_MARKS, {"parts": parts})
    tree = Tree({(kind, site_id, record_id): mark for kind, site_id, record_id, mark in found})
    return [_branch(tree, prefix) for prefix in prefixes]


def _branch(tree: Tree, prefix: str) -> Branch:
    sums = tree.branches(prefix)
    if sums is not None:
        return Branch(prefix=prefix, sums=sums)
    return Branch(prefix=prefix, named=[(*key, mark) for key, mark in tree.marks_under(prefix).items()])


def _whole(connection: Connection, wanted: Sequence[Key]) -> list[FeedEntry]:
    entries: list[FeedEntry] = []
    for kind, site_id in sorted({(kind, site_id) for kind, site_id, _ in wanted if kind in FIELDS}):
        ids = [key[2] for key in wanted if key[:2] == (kind, site_id)]
        entries += feed.as_entries(connection, site_id, load(connection, kind, site_id, ids).values())
    return entries
