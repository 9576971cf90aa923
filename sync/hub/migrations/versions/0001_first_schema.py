"""First schema: the records, and the hub's own tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_booking()
    _create_event()
    _create_registration()
    _create_site()
    _create_slot()
    _create_hub_account()
    _create_hub_audit()
    _create_hub_conflict()
    _create_hub_feed()
    _create_hub_feed_head()
    _create_hub_fingerprint()
    _create_hub_invitation()
    _create_hub_meta()
    _create_hub_position()
    _create_hub_receipt()
    _create_hub_record_stamps()
    _create_hub_sealed()
    _create_hub_terminal()


def downgrade() -> None:
    for table in (
        "hub_terminal",
        "hub_sealed",
        "hub_record_stamps",
        "hub_receipt",
        "hub_position",
        "hub_meta",
        "hub_invitation",
        "hub_fingerprint",
        "hub_feed_head",
        "hub_feed",
        "hub_conflict",
        "hub_audit",
        "hub_account",
        "slot",
        "site",
        "registration",
        "event",
        "booking",
    ):
        op.drop_table(table)


def _create_booking() -> None:
    op.create_table(
        "booking",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("terminal_no", sa.Integer(), nullable=False),
        sa.Column("reference_no", sa.Integer(), nullable=False),
        sa.Column("reference_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("answered_at", sa.String(), nullable=True),
        sa.Column("declined_because", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("site_id", "id"),
    )


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("starts_at", sa.String(), nullable=False),
        sa.Column("ends_at", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("sign_up", sa.String(), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("seats_left", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id"),
    )


def _create_registration() -> None:
    op.create_table(
        "registration",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("terminal_no", sa.Integer(), nullable=False),
        sa.Column("reference_no", sa.Integer(), nullable=False),
        sa.Column("reference_hash", sa.String(length=200), nullable=False),
        sa.Column("notice_version", sa.String(), nullable=False),
        sa.Column("notice_read_at", sa.String(), nullable=False),
        sa.Column("assistance", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("received_at", sa.String(), nullable=True),
        sa.Column("to_complete", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id"),
    )


def _create_site() -> None:
    op.create_table(
        "site",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.Column("commune_code", sa.String(), nullable=False),
        sa.Column("commune_name", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("phone_region", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("opening_hours", sa.String(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id"),
    )


def _create_slot() -> None:
    op.create_table(
        "slot",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("booth", sa.String(), nullable=False),
        sa.Column("starts_at", sa.String(), nullable=False),
        sa.Column("ends_at", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id"),
    )


def _create_hub_account() -> None:
    op.create_table(
        "hub_account",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("disabled_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _create_hub_audit() -> None:
    op.create_table(
        "hub_audit",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )


def _create_hub_conflict() -> None:
    op.create_table(
        "hub_conflict",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("kept_value", sa.Text(), nullable=False),
        sa.Column("kept_stamp", sa.String(), nullable=False),
        sa.Column("lost_value", sa.Text(), nullable=False),
        sa.Column("lost_stamp", sa.String(), nullable=False),
        sa.Column("lost_by", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_hub_conflict_site_id", "hub_conflict", ["site_id"])


def _create_hub_feed() -> None:
    op.create_table(
        "hub_feed",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("part", "n"),
    )


def _create_hub_feed_head() -> None:
    op.create_table(
        "hub_feed_head",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("part"),
    )


def _create_hub_fingerprint() -> None:
    op.create_table(
        "hub_fingerprint",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "kind", "id"),
    )
    op.create_index("ix_hub_fingerprint_value", "hub_fingerprint", ["value"])


def _create_hub_invitation() -> None:
    op.create_table(
        "hub_invitation",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("functions", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("invited_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _create_hub_meta() -> None:
    op.create_table(
        "hub_meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _create_hub_position() -> None:
    op.create_table(
        "hub_position",
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("incarnation", sa.String(), nullable=False),
        sa.Column("applied_through", sa.BigInteger(), nullable=False),
        sa.Column("durable_through", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "incarnation"),
    )


def _create_hub_receipt() -> None:
    op.create_table(
        "hub_receipt",
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("incarnation", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("lost", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "incarnation", "seq"),
    )


def _create_hub_record_stamps() -> None:
    op.create_table(
        "hub_record_stamps",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("stamps", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "kind", "id"),
    )


def _create_hub_sealed() -> None:
    op.create_table(
        "hub_sealed",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "kind", "id"),
    )


def _create_hub_terminal() -> None:
    op.create_table(
        "hub_terminal",
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("terminal_no", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("functions", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("drift_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("terminal_id"),
        sa.UniqueConstraint("terminal_no"),
    )
    op.create_index("ix_hub_terminal_site_id", "hub_terminal", ["site_id"])
