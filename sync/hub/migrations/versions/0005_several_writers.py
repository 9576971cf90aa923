"""Several writers: the rows that they lock, and how far a terminal is that reads everything from the beginning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LOCKS = 64


def upgrade() -> None:
    locks = op.create_table(
        "hub_lock", sa.Column("no", sa.Integer(), autoincrement=False, nullable=False), sa.PrimaryKeyConstraint("no")
    )
    op.bulk_insert(locks, [{"no": no} for no in range(LOCKS)])
    op.add_column("hub_terminal", sa.Column("whole_through", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("hub_terminal", "whole_through")
    op.drop_table("hub_lock")
