"""What operations said is kept in runs, one row a push; stamps may be kept as one stamp and the names of its fields.

Rows of before stay as they are: both forms of each are read.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from sync.stamped import read_at_rest

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 1000
SAID, VALUES, BEFORE = 36, 16, 32


def upgrade() -> None:
    op.create_table(
        "hub_receipt_run",
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("incarnation", sa.String(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "incarnation", "first_seq"),
    )


def downgrade() -> None:
    """Every operation has a row of its own again, and every field its stamp."""
    connection = op.get_bind()
    _spread_stamps(connection)
    _spread_receipts(connection)
    op.drop_table("hub_receipt_run")


def _spread_stamps(connection: sa.Connection) -> None:
    held = connection.execute(sa.text("SELECT kind, site_id, id, stamps FROM hub_record_stamps")).all()
    spread = [
        {"kind": kind, "site": site, "id": of_id, "stamps": json.dumps(read_at_rest(stamps), separators=(",", ":"))}
        for kind, site, of_id, stamps in held
        if not stamps.startswith("{")
    ]
    statement = sa.text(
        "UPDATE hub_record_stamps SET stamps = :stamps WHERE kind = :kind AND site_id = :site AND id = :id"
    )
    for at in range(0, len(spread), ROWS_AT_ONCE):
        connection.execute(statement, spread[at : at + ROWS_AT_ONCE])


def _spread_receipts(connection: sa.Connection) -> None:
    runs = connection.execute(
        sa.text("SELECT terminal_id, incarnation, first_seq, said FROM hub_receipt_run ORDER BY first_seq")
    ).all()
    said = {
        (terminal, disk, first + at // SAID): _as_before(run[at : at + SAID])
        for terminal, disk, first, run in runs
        for at in range(0, len(run), SAID)
    }
    rows = [{"terminal": key[0], "disk": key[1], "seq": key[2], "said": text} for key, text in said.items()]
    same = "WHERE terminal_id = :terminal AND incarnation = :disk AND seq = :seq"
    given = "(terminal_id, incarnation, seq, outcome, lost, said) SELECT :terminal, :disk, :seq, 'applied', '[]', :said"
    told = sa.text(f"UPDATE hub_receipt SET said = :said {same}")  # noqa: S608
    missing = sa.text(f"INSERT INTO hub_receipt {given} WHERE NOT EXISTS (SELECT 1 FROM hub_receipt {same})")  # noqa: S608
    for at in range(0, len(rows), ROWS_AT_ONCE):
        connection.execute(told, rows[at : at + ROWS_AT_ONCE])
        connection.execute(missing, rows[at : at + ROWS_AT_ONCE])


def _as_before(said: str) -> str:
    """What was said, and stamps that are not as that version hashes them: it judges such a resend again, idly."""
    return f"{said[:VALUES]}.{said[VALUES:BEFORE]}"
