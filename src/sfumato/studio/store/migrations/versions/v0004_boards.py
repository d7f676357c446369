"""Boards with a description, and jobs whose pictures go onto one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From the third form."""
    op.add_column("boards", sa.Column("description", sa.Text, nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("board", sa.Text))
