"""Lines for a place that somebody leaves, and for an earlier hour; the way into a video appointment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("booking", sa.Column("earlier", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("booking", sa.Column("notices", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("slot", sa.Column("phone", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "hub_room",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "slot_id"),
    )


def downgrade() -> None:
    op.drop_table("hub_room")
    op.drop_column("slot", "phone")
    for name in ("notices", "earlier", "waits"):
        op.drop_column("booking", name)
