"""What time does to what could not leave: since when it waits, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("replica_outbox", sa.Column("noted_ms", sa.BigInteger(), nullable=True))
    op.create_table(
        "replica_journal",
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("what", "kind", "site_id", "record_id"),
    )


def downgrade() -> None:
    op.drop_table("replica_journal")
    op.drop_column("replica_outbox", "noted_ms")
