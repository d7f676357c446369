"""Sessions of browsers, people who are gone, and what other programs say of pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From the second form."""
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("key_hash", sa.Text, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
    )
    op.create_index("sessions_expires", "sessions", ["expires"])
    op.add_column("people", sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("pictures", sa.Column("details", sa.Text, nullable=False, server_default="{}"))
