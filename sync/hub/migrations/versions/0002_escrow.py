"""Escrow: grants of booth time, and the grant that a booking spent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grant",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=False),
        sa.Column("terminal_no", sa.Integer(), nullable=False),
        sa.Column("incarnation", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id"),
    )
    op.add_column("booking", sa.Column("grant_id", sa.String(length=64), nullable=True))
    op.add_column("booking", sa.Column("spend_no", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("hub_terminal", sa.Column("reported_generation", sa.String(), nullable=True))
    op.execute("UPDATE hub_terminal SET reported_generation = (SELECT value FROM hub_meta WHERE key = 'generation')")


def downgrade() -> None:
    op.drop_column("hub_terminal", "reported_generation")
    op.drop_column("booking", "spend_no")
    op.drop_column("booking", "grant_id")
    op.drop_table("grant")
