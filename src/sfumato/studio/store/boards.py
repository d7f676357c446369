"""Boards: ordered choices of pictures, of their owner's making."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, update

from sfumato.studio.store.database import Database, hold, insertion
from sfumato.studio.store.drawn import plain
from sfumato.studio.store.errors import NotThere
from sfumato.studio.store.rows import Board
from sfumato.studio.store.tables import BOARDS, PICTURES, PINNED
from sfumato.studio.store.visible import visible


class Cover(NamedTuple):
    """How many pictures are on a board, and the ids of its first four."""

    count: int
    pictures: tuple[str, ...]


NOTHING = Cover(0, ())
FIRST = 4  # pictures that a board is known by


@dataclass(frozen=True)
class Boards:
    """The boards of a store; what is on one is found by a search. Only its owner changes a board."""

    database: Database

    def add(self, name: str, owner: str, private: bool = False, description: str = "") -> Board:
        """A new, empty one."""
        with self.database.writing() as connection:
            new = {"id": uuid4().hex, "name": plain(name), "owner": owner, "private": private}
            new["description"] = plain(description)
            connection.execute(insert(BOARDS).values(created=self.database.now(connection), **new))
            return Board.read(connection.execute(select(BOARDS).where(BOARDS.c.id == new["id"])).one())

    def listed(self, viewer: str | None = None) -> list[Board]:
        """Those that this person may see, the oldest first."""
        query = select(BOARDS).where(visible(BOARDS, viewer)).order_by(BOARDS.c.created, BOARDS.c.id)
        with self.database.reading() as connection:
            return [Board.read(row) for row in connection.execute(query)]

    def covers(self, viewer: str | None = None) -> dict[str, Cover]:
        """What is on the boards that have anything on them that this person may see, by their ids."""
        shown = (visible(PICTURES, viewer), ~PICTURES.c.gone, PICTURES.c.trashed.is_(None))
        board = PINNED.c.board
        place = func.row_number().over(partition_by=board, order_by=(PINNED.c.place, PICTURES.c.number))
        many = func.count().over(partition_by=board)
        query = select(board, PINNED.c.picture, place.label("place_"), many.label("many_"))
        rows = query.join(PICTURES, PICTURES.c.id == PINNED.c.picture).where(*shown).subquery()
        first = select(rows).where(rows.c.place_ <= FIRST).order_by(rows.c.board, rows.c.place_)
        found: dict[str, Cover] = {}
        with self.database.reading() as connection:
            for row in connection.execute(first):
                before = found.get(row.board, NOTHING).pictures
                found[row.board] = Cover(row.many_, (*before, row.picture))
        return found

    def check(self, board: str, owner: str) -> None:
        """Raises NotThere for one that is not this person's; so do the next ones."""
        with self.database.reading() as connection:
            mine = (BOARDS.c.id == board, BOARDS.c.owner == owner)
            if connection.scalar(select(BOARDS.c.id).where(*mine)) is None:
                raise NotThere("There is no such board.")

    def change(
        self, board: str, owner: str, name: str, private: bool, description: str | None = None
    ) -> None:
        """Without a description the one that it has stays."""
        with self.database.writing() as connection:
            _own(connection, board, owner)
            new = {"name": plain(name), "private": private}
            if description is not None:
                new["description"] = plain(description)
            connection.execute(update(BOARDS).where(BOARDS.c.id == board).values(new))

    def remove(self, board: str, owner: str) -> None:
        """Its pictures stay."""
        with self.database.writing() as connection:
            _own(connection, board, owner)
            connection.execute(delete(BOARDS).where(BOARDS.c.id == board))

    def pin(self, board: str, pictures: Sequence[str], owner: str) -> None:
        """Put pictures that this person may see at the end; those that are on it stay where they are."""
        with self.database.writing() as connection:
            _own(connection, board, owner)
            seen = (PICTURES.c.id.in_(pictures), visible(PICTURES, owner), ~PICTURES.c.gone)
            if len(connection.scalars(select(PICTURES.c.id).where(*seen)).all()) < len(set(pictures)):
                raise NotThere("There is no such picture.")
            _append(connection, board, pictures)

    def unpin(self, board: str, pictures: Sequence[str], owner: str) -> None:
        """Take pictures off."""
        with self.database.writing() as connection:
            _own(connection, board, owner)
            these = (PINNED.c.board == board, PINNED.c.picture.in_(pictures))
            connection.execute(delete(PINNED).where(*these))

    def arrange(self, board: str, pictures: Sequence[str], owner: str) -> None:
        """Put these first, in this order; the others follow as they were. Those not on it stay off."""
        with self.database.writing() as connection:
            _own(connection, board, owner)
            on = select(PINNED.c.picture).where(PINNED.c.board == board).order_by(PINNED.c.place)
            before = list(connection.scalars(on))
            first = [picture for picture in dict.fromkeys(pictures) if picture in set(before)]
            connection.execute(delete(PINNED).where(PINNED.c.board == board))
            _put(connection, board, [*first, *(own for own in before if own not in set(first))], 1)


def put_made(connection: Connection, board: str | None, owner: str, pictures: Sequence[str]) -> None:
    """Put new pictures at the end of a board, where there is one and it is their owner's."""
    if board is not None and hold(connection, BOARDS, BOARDS.c.id == board, BOARDS.c.owner == owner):
        _append(connection, board, pictures)


def _append(connection: Connection, board: str, pictures: Sequence[str]) -> None:
    end = select(func.max(PINNED.c.place)).where(PINNED.c.board == board)
    _put(connection, board, pictures, 1 + (connection.scalar(end) or 0))


def _put(connection: Connection, board: str, pictures: Sequence[str], place: int) -> None:
    rows = [{"board": board, "picture": own, "place": place + n} for n, own in enumerate(pictures)]
    if rows:
        connection.execute(insertion(connection, PINNED).on_conflict_do_nothing(), rows)


def _own(connection: Connection, board: str, owner: str) -> None:
    if not hold(connection, BOARDS, BOARDS.c.id == board, BOARDS.c.owner == owner):
        raise NotThere("There is no such board.")
