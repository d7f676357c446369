"""Finding pictures by words and by what they are, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, exists, or_, select, text

from sfumato.studio.store.drawn import folded
from sfumato.studio.store.rows import PictureRow
from sfumato.studio.store.tables import BOARDS, PICTURES, PINNED
from sfumato.studio.store.visible import visible

Order = Literal["newest", "oldest", "best", "board"]
TRIGRAM = 3  # characters: SQLite's index finds nothing shorter
LARGEST = 2**63 - 1  # what a database counts to
NEAR = 1.04  # between two aspects that are called the same: 16:9 is painted as 7:4


@dataclass(frozen=True)
class Filters:
    """What pictures must be; what is not said does not matter.

    since, until  seconds since 1970: made then or later, made before
    operation     what made them: imagine, vary, upscale, imported …
    aspect        as 16:9, within 4 %
    rating        at least
    board         the id of one that the person who asks may see
    trash         only what is in their own trash; without it, only what is in none
    """

    owner: str | None = None
    job: str | None = None
    model: str | None = None
    operation: str | None = None
    since: float | None = None
    until: float | None = None
    aspect: str | None = None
    liked: bool | None = None
    rating: int = 0
    board: str | None = None
    trash: bool = False


ALL = Filters()


class Page(NamedTuple):
    """Some pictures, and where the next page begins; empty after the last one."""

    rows: list[PictureRow]
    cursor: str


def search(
    connection: Connection,
    words: str,
    wanted: tuple[Filters, str | None],
    order: Order,
    cursor: str,
    limit: int,
) -> Page:
    """See Pictures.search; `wanted` are the filters and who asks."""
    filters, viewer = wanted
    places, falling = _order(order)
    query = select(PICTURES, places[0].label("place_")).where(*_fitting(filters, viewer))
    query = query.where(*_saying(words, connection.dialect.name))
    if order == "board":
        query = query.join(PINNED, and_(PINNED.c.picture == PICTURES.c.id, PINNED.c.board == filters.board))
    if cursor:
        query = query.where(_beyond(places, falling, _read(cursor, order)))
    query = query.order_by(*(own.desc() if falling else own for own in places)).limit(limit + 1)
    return _page(connection, query, order, limit)


def _page(connection: Connection, query: Select, order: Order, limit: int) -> Page:
    found = connection.execute(query).all()
    rows, more = found[:limit], len(found) > limit
    last = json.dumps([order, rows[-1].place_, rows[-1].number]) if more and rows else ""
    return Page([PictureRow.read(row) for row in rows], last)


def _order(order: Order) -> tuple[tuple[ColumnElement, ColumnElement], bool]:
    """What is compared, the number last so that no two are equal; and whether the largest comes first."""
    number = PICTURES.c.number
    ways = {
        "newest": ((PICTURES.c.created, number), True),
        "oldest": ((PICTURES.c.created, number), False),
        "best": ((PICTURES.c.rating, number), True),
        "board": ((PINNED.c.place, number), False),
    }
    return ways[order]


def _read(cursor: str, order: Order) -> tuple[float, int]:
    try:
        was, value, number = json.loads(cursor)
        if was != order or isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(cursor)
        if not -LARGEST <= int(number) <= LARGEST:
            raise ValueError(cursor)
        return float(value), int(number)
    except (ValueError, TypeError, OverflowError):
        raise ValueError("This is not the end of such a page: begin again without a cursor.") from None


def _beyond(places: tuple[Any, Any], falling: bool, last: tuple[float, int]) -> ColumnElement[bool]:
    first, second = places
    if falling:
        return or_(first < last[0], and_(first == last[0], second < last[1]))
    return or_(first > last[0], and_(first == last[0], second > last[1]))


def _fitting(filters: Filters, viewer: str | None) -> Iterator[ColumnElement[bool]]:
    table = PICTURES.c
    yield visible(PICTURES, viewer)
    yield ~table.gone
    yield table.trashed.is_not(None) if filters.trash else table.trashed.is_(None)
    if filters.trash and viewer is not None:
        yield table.owner == viewer
    for name in ("owner", "job", "model", "operation", "liked"):
        if (value := getattr(filters, name)) is not None:
            yield table[name] == value
    if filters.rating:
        yield table.rating >= filters.rating
    if filters.since is not None:
        yield table.created >= filters.since
    if filters.until is not None:
        yield table.created < filters.until
    if filters.aspect is not None:
        aspect = _ratio(filters.aspect)
        yield table.aspect.between(aspect / NEAR, aspect * NEAR)
    if filters.board is not None:
        yield _pinned(filters.board, viewer)


def _pinned(board: str, viewer: str | None) -> ColumnElement[bool]:
    on = and_(PINNED.c.board == board, PINNED.c.picture == PICTURES.c.id, BOARDS.c.id == PINNED.c.board)
    return exists(select(BOARDS.c.id).join(PINNED, on).where(visible(BOARDS, viewer)).correlate(PICTURES))


def _ratio(aspect: str) -> float:
    width, _, height = aspect.partition(":")
    try:
        ratio = float(width) / float(height)
    except (ValueError, ZeroDivisionError):
        ratio = 0.0
    if not 0 < ratio < 1e6:
        raise ValueError(f"{aspect!r} is not an aspect: write it as 16:9.")
    return ratio


def _saying(words: str, dialect: str) -> Iterator[ColumnElement[bool]]:
    """Every word is part of what the picture says; Chinese ones of two characters, too."""
    asked = folded(words).split()
    indexed = [word for word in asked if len(word) >= TRIGRAM] if dialect == "sqlite" else []
    if indexed:
        match = " ".join('"' + word.replace('"', '""') + '"' for word in indexed)
        found = text("SELECT rowid FROM picture_words WHERE picture_words MATCH :match")
        yield PICTURES.c.number.in_(found.bindparams(match=match).columns(rowid=Integer))
    for word in asked:
        if word not in indexed:
            yield PICTURES.c.words.contains(word, autoescape=True)
