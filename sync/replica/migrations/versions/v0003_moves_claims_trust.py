"""Moves, wishes, claims, and what time does to trust."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("wishes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("booking", sa.Column("alternatives", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("booking", sa.Column("moved_from", sa.String(length=64), nullable=True))
    op.add_column("booking", sa.Column("told_at", sa.String(), nullable=True))
    op.add_column("booking", sa.Column("carried", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("event", sa.Column("slot_id", sa.String(length=64), nullable=True))
    op.add_column("registration", sa.Column("if_unsent", sa.String(), nullable=False, server_default="garder"))
    op.create_index("booking_slot", "booking", ["site_id", "slot_id"])
    op.create_index("booking_moved_from", "booking", ["site_id", "moved_from"])
    op.create_index("grant_slot", "grant", ["site_id", "slot_id"])


def downgrade() -> None:
    op.drop_index("grant_slot", "grant")
    op.drop_index("booking_moved_from", "booking")
    op.drop_index("booking_slot", "booking")
    op.drop_column("registration", "if_unsent")
    op.drop_column("event", "slot_id")
    for name in ("carried", "told_at", "moved_from", "alternatives", "wishes"):
        op.drop_column("booking", name)
