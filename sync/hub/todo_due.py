"""What is at the end of its time and cannot be destroyed before a person has seen to it."""

from __future__ import annotations

from collections.abc import Iterator

from sync.clock import utc_text
from sync.hub import accounts, retention, todo_words
from sync.hub.matter import Matter, Scene

HELD = {retention.UNHANDLED: accounts.INSTRUCTION, retention.UNTOLD: accounts.EXPLOITATION}
"""What holds something that is due, and who sees to it. A line that is open in the journal is on the list itself."""


def due_matters(scene: Scene) -> Iterator[Matter]:
    """One line for each site and reason; nothing to choose: it goes by itself once it was seen to."""
    held: dict[tuple[str, str], list[retention.Due]] = {}
    for one in retention.list_due(scene.connection, scene.now_ms, site_id=scene.site_id):
        if one.held_by in HELD:
            held.setdefault((one.site_id, str(one.held_by)), []).append(one)
    for (site_id, reason), due in sorted(held.items()):
        since_ms = min(one.due_ms for one in due)
        day = todo_words.day(utc_text(since_ms), scene.zone(site_id))
        records = sorted({one.id for one in due})
        yield Matter(
            id=f"due.{site_id}.{reason}",
            kind="due",
            site_id=site_id,
            since_ms=since_ms,
            words=todo_words.due(reason == retention.UNHANDLED, len(records), day),
            acts={},
            role=HELD[reason],
            records=tuple(records),
        )
