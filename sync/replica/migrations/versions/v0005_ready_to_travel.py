"""The outbox keeps each operation as the JSON that travels, and finds what waits without walking what was answered."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OUTBOX = sa.table("replica_outbox", sa.column("incarnation"), sa.column("seq"), sa.column("fields"))
THIS = (OUTBOX.c.incarnation == sa.bindparam("of"), OUTBOX.c.seq == sa.bindparam("number"))


def upgrade() -> None:
    _rewrite(_as_it_travels)
    op.drop_index("replica_outbox_state", "replica_outbox")
    for state in ("waiting", "rejected"):
        where = sa.text(f"state = '{state}'")
        op.create_index(f"replica_outbox_{state}", "replica_outbox", ["incarnation", "seq"], sqlite_where=where)


def downgrade() -> None:
    for state in ("waiting", "rejected"):
        op.drop_index(f"replica_outbox_{state}", "replica_outbox")
    op.create_index("replica_outbox_state", "replica_outbox", ["state"])
    _rewrite(_by_field)


def _rewrite(turn) -> None:  # type: ignore[no-untyped-def]
    connection = op.get_bind()
    turned = [
        {"of": incarnation, "number": seq, "turned": turn(json.loads(fields))}
        for incarnation, seq, fields in connection.execute(sa.select(OUTBOX)).all()
    ]
    if turned:
        connection.execute(sa.update(OUTBOX).where(*THIS).values(fields=sa.bindparam("turned")), turned)


def _as_it_travels(fields: dict[str, list[object]]) -> str:
    """``{name: [value, stamp, base]}`` as ``[stamp, values, before]``."""
    stamps = {name: stamp for name, (_, stamp, _) in fields.items()}
    values = {name: value for name, (value, _, _) in fields.items()}
    before = {name: base for name, (_, _, base) in fields.items() if base is not None}
    once = next(iter(stamps.values())) if len(set(stamps.values())) == 1 else stamps
    said = [once, values, *([before] if before else [])]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _by_field(said: list[object]) -> str:
    stamp, values, *before = said
    bases = before[0] if before and before[0] is not None else {}
    fields = {
        name: [
            value,
            stamp if isinstance(stamp, str) else stamp[name],  # type: ignore[index]
            bases if isinstance(bases, str) else bases.get(name),  # type: ignore[attr-defined]
        ]
        for name, value in values.items()  # type: ignore[attr-defined]
    }
    return json.dumps(fields, ensure_ascii=False)
