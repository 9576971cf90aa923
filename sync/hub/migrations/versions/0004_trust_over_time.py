"""Trust over time: tombstones, the incarnation a terminal last spoke with, what a quarantined operation is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hub_terminal", sa.Column("incarnation", sa.String(), nullable=True))
    op.add_column("hub_feed_head", sa.Column("floor", sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("site_id", "kind", "record_id"):
        op.add_column("hub_quarantine", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.create_index(op.f("ix_hub_quarantine_record_id"), "hub_quarantine", ["record_id"])
    op.create_table(
        "hub_tombstone",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "kind", "id"),
    )


def downgrade() -> None:
    op.drop_table("hub_tombstone")
    op.drop_index(op.f("ix_hub_quarantine_record_id"), "hub_quarantine")
    for name in ("record_id", "kind", "site_id"):
        op.drop_column("hub_quarantine", name)
    op.drop_column("hub_feed_head", "floor")
    op.drop_column("hub_terminal", "incarnation")
