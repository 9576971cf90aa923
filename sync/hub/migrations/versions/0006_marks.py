"""The mark of every record, of which the digests of sites are made (``sync.digest``)."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from sync.digest import mark_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("hub_record_stamps", sa.Column("mark", sa.BigInteger(), nullable=False, server_default="0"))
    connection = op.get_bind()
    held = connection.execute(sa.text("SELECT kind, site_id, id, stamps FROM hub_record_stamps")).all()
    marked = [
        {"kind": kind, "site": site, "id": of_id, "mark": mark_of((kind, site, of_id), json.loads(stamps))}
        for kind, site, of_id, stamps in held
    ]
    for at in range(0, len(marked), ROWS_AT_ONCE):
        connection.execute(
            sa.text("UPDATE hub_record_stamps SET mark = :mark WHERE kind = :kind AND site_id = :site AND id = :id"),
            marked[at : at + ROWS_AT_ONCE],
        )


def downgrade() -> None:
    op.drop_column("hub_record_stamps", "mark")
