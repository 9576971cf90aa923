"""How far the hub has answered the outbox is a number, kept beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replica_answered",
        sa.Column("through", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("through"),
    )


def downgrade() -> None:
    """Each operation says again that it was answered, and when."""
    op.get_bind().execute(
        sa.text(
            "UPDATE replica_outbox SET state = 'acknowledged', noted_ms = NULL, "
            "answered_ms = (SELECT min(at_ms) FROM replica_answered WHERE through >= seq) "
            "WHERE state = 'waiting' AND seq <= (SELECT coalesce(max(through), 0) FROM replica_answered) "
            "AND incarnation = (SELECT value FROM replica_meta WHERE key = 'incarnation')"
        )
    )
    op.drop_table("replica_answered")
