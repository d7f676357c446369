"""How many pictures there are of each kind, as a gallery offers them for choice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, case, func, select

from sfumato.studio.store.tables import PICTURES
from sfumato.studio.store.visible import visible


@dataclass
class Counts:
    """Pictures that a person may see; `trash` are their own in the trash, and are in no other number."""

    pictures: int = 0
    liked: int = 0
    rated: int = 0
    trash: int = 0
    operations: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)


def counted(connection: Connection, viewer: str | None) -> Counts:
    """See Pictures.counts."""
    table, counts = PICTURES.c, Counts()
    groups = (table.operation, table.model)
    liked, rated = (func.sum(case((own, 1), else_=0)) for own in (table.liked, table.rating > 0))
    query = select(*groups, func.count().label("all_"), liked.label("liked_"), rated.label("rated_"))
    there = (visible(PICTURES, viewer), ~table.gone, table.trashed.is_(None))
    for row in connection.execute(query.where(*there).group_by(*groups)):
        counts.pictures += row.all_
        counts.liked += int(row.liked_)
        counts.rated += int(row.rated_)
        counts.operations[row.operation] += row.all_
        counts.models[row.model] += row.all_
    mine = () if viewer is None else (table.owner == viewer,)
    trash = select(func.count()).where(~table.gone, table.trashed.is_not(None), *mine)
    counts.trash = connection.scalar(trash) or 0
    return counts
