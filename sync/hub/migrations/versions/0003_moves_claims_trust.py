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
    op.add_column("hub_terminal", sa.Column("heard_through", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("hub_account", sa.Column("token_hash", sa.String(), nullable=True))
    _create_early()
    _create_quarantine()
    _create_redrawn()
    _create_alike()


def downgrade() -> None:
    for name in ("hub_alike", "hub_redrawn", "hub_quarantine", "hub_early"):
        op.drop_table(name)
    op.drop_column("hub_account", "token_hash")
    op.drop_column("hub_terminal", "heard_through")
    op.drop_index("grant_slot", "grant")
    op.drop_index("booking_moved_from", "booking")
    op.drop_index("booking_slot", "booking")
    op.drop_column("registration", "if_unsent")
    op.drop_column("event", "slot_id")
    for name in ("carried", "told_at", "moved_from", "alternatives", "wishes"):
        op.drop_column("booking", name)


def _create_early() -> None:
    op.create_table(
        "hub_early",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("base", sa.String(), nullable=True),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "kind", "id", "field", "stamp"),
    )


def _create_quarantine() -> None:
    op.create_table(
        "hub_quarantine",
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("incarnation", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("terminal_id", "incarnation", "seq"),
    )


def _create_redrawn() -> None:
    op.create_table(
        "hub_redrawn",
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("incarnation", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("at_risk", sa.Text(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("terminal_id", "incarnation"),
    )
    op.create_index(op.f("ix_hub_redrawn_site_id"), "hub_redrawn", ["site_id"])


def _create_alike() -> None:
    op.create_table(
        "hub_alike",
        sa.Column("one", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("other_site_id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=True),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("one", "other"),
    )
    op.create_index(op.f("ix_hub_alike_site_id"), "hub_alike", ["site_id"])
