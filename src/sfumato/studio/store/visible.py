"""Who may see what. Every function that reads for a person asks this clause, and there is no other."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, not_, or_, true


def visible(table: FromClause, viewer: str | None) -> ColumnElement[bool]:
    """Rows of a table with `owner` and `private` that a person may see: their own, and what is not private.

    viewer  a person's id; None is the server itself, which sees everything. No role sees more.
    """
    if viewer is None:
        return true()
    return or_(table.c.owner == viewer, not_(table.c.private))
