"""Lines for a place that somebody leaves, and for an earlier hour."""

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


def downgrade() -> None:
    for name in ("notices", "earlier", "waits"):
        op.drop_column("booking", name)
