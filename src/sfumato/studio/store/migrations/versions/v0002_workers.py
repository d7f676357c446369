"""The second form: the kind of model a job needs, who is at work with which, and pictures hidden later."""

from __future__ import annotations

from types import MappingProxyType

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

FAMILY = MappingProxyType(
    {"sqlite": "json_extract(plan_json, '$.family')", "postgresql": "plan_json::json ->> 'family'"}
)


def upgrade() -> None:
    """From the first form."""
    op.add_column("jobs", sa.Column("model", sa.Text, nullable=False, server_default=""))
    family = FAMILY[op.get_bind().dialect.name]
    op.execute(f"UPDATE jobs SET model = coalesce({family}, '') WHERE plan_json <> ''")
    op.add_column("pictures", sa.Column("hidden", sa.BigInteger))
    op.create_index("pictures_hidden", "pictures", ["hidden"])
    op.create_table(
        "workers",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
    )
