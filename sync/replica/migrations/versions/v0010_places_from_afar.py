"""Places from afar beside those on site; which text was read before a booking; who orients those with the RSA."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("remote_seats", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("remote_seats_left", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("remote_slot_id", sa.String(length=64), nullable=True))
    op.add_column("booking", sa.Column("content_version", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "site", sa.Column("rsa_orientation_delegated", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("site", "rsa_orientation_delegated")
    op.drop_column("booking", "content_version")
    for name in ("remote_slot_id", "remote_seats_left", "remote_seats"):
        op.drop_column("event", name)
