"""The gallery's index: pictures kept, found, judged, trashed and purged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from sfumato.studio.store.counts import Counts, counted
from sfumato.studio.store.database import Database, hold, stamp
from sfumato.studio.store.drawn import Drawn, facts, half, insert_pictures, link, plain, words
from sfumato.studio.store.errors import NotThere
from sfumato.studio.store.purge import purge
from sfumato.studio.store.rows import PictureRow
from sfumato.studio.store.search import ALL, Filters, Order, Page, search
from sfumato.studio.store.similar import Similar, similar
from sfumato.studio.store.tables import LINEAGE, PICTURES
from sfumato.studio.store.visible import visible

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Pictures:
    """The pictures of a store. What changes them takes the owner whose they must be; None is the server."""

    database: Database

    def add(self, pictures: Sequence[Drawn], owner: str, private: bool = False) -> list[PictureRow]:
        """Index pictures whose files are in the gallery. Raises Conflict for another person's."""
        with self.database.writing() as connection:
            ids = insert_pictures(connection, pictures, owner, private)
            stamp(connection, (PICTURES, ids))
            return _rows(connection, ids)

    def relate(self, pictures: Sequence[Drawn], owner: str) -> None:
        """Name the parents of pictures that were added before these were."""
        with self.database.writing() as connection:
            for picture in pictures:
                link(connection, picture, owner)

    def get(self, picture: str, viewer: str | None = None) -> PictureRow:
        """One picture, also in its owner's trash. Raises NotThere for one that this person may not see."""
        with self.database.reading() as connection:
            found = connection.execute(
                select(PICTURES).where(PICTURES.c.id == picture, ~PICTURES.c.gone, _shown(viewer))
            ).one_or_none()
        if found is None:
            raise NotThere("There is no such picture.")
        return PictureRow.read(found)

    def search(
        self,
        text: str = "",
        filters: Filters = ALL,
        order: Order = "newest",
        cursor: str = "",
        limit: int = 50,
        *,
        viewer: str | None = None,
    ) -> Page:
        """Pictures that this person may see; every word of the text is in their prompt or their tags.

        cursor  that of the page before; pages do not shift while pictures are added

        Raises ValueError for a cursor or an aspect that cannot be read.
        """
        with self.database.reading() as connection:
            return search(connection, text, (filters, viewer), order, cursor, limit)

    def counts(self, viewer: str | None = None) -> Counts:
        """How many pictures this person may see, by what they are."""
        with self.database.reading() as connection:
            return counted(connection, viewer)

    def similar(self, embedding: np.ndarray, k: int, *, viewer: str | None = None) -> list[Similar]:
        """The k pictures nearest in direction, the nearest first, of those with an embedding as long."""
        with self.database.reading() as connection:
            return similar(connection, embedding, k, viewer)

    def parents(self, picture: str, viewer: str | None = None) -> list[PictureRow]:
        """What it was made from, in the order of its plan; what this person may not see is left out."""
        return self._kin(LINEAGE.c.parent, LINEAGE.c.child == picture, viewer)

    def children(self, picture: str, viewer: str | None = None) -> list[PictureRow]:
        """What was made from it."""
        return self._kin(LINEAGE.c.child, LINEAGE.c.parent == picture, viewer)

    def like(self, ids: Sequence[str], owner: str | None = None, liked: bool = True) -> list[PictureRow]:
        """Raises NotThere where one is not this person's, and changes none; so do the next ones."""
        return self._change(ids, owner, {"liked": liked})

    def rate(self, ids: Sequence[str], rating: int, owner: str | None = None) -> list[PictureRow]:
        """From 0, not rated, to 5. Raises ValueError for others."""
        if not 0 <= rating <= 5:
            raise ValueError(f"A rating is a number from 0 to 5, not {rating}.")
        return self._change(ids, owner, {"rating": rating})

    def hide(self, ids: Sequence[str], owner: str | None = None, private: bool = True) -> list[PictureRow]:
        """Show them to nobody else, or to all. For those who have seen one it is gone from then on."""
        with self.database.writing() as connection:
            seen = [row.id for row in _owned(connection, ids, owner) if private and not row.private]
            _write(connection, ids, {"private": private} if private else {"private": False, "hidden": None})
            now = update(PICTURES).where(PICTURES.c.id.in_(seen)).values(hidden=PICTURES.c.rev)
            connection.execute(now)
            return _rows(connection, ids)

    def tag(self, picture: str, tags: Sequence[str], owner: str | None = None) -> PictureRow:
        """These tags in place of those before."""
        kept = tuple(dict.fromkeys(plain(tag).strip() for tag in tags if plain(tag).strip()))
        with self.database.writing() as connection:
            (held,) = _owned(connection, [picture], owner)
            said = (*kept, *facts(json.loads(held.details)))
            found = {"tags": json.dumps(kept, ensure_ascii=False), "words": words(held.prompt, said)}
            return _write(connection, [picture], found)[0]

    def embed(self, embeddings: Mapping[str, np.ndarray]) -> None:
        """What `similar` compares, by the ids of pictures: (n,), kept as float16. What is gone stays gone.

        It is no change that anybody is told of.
        """
        blobs = [{"which": own, "seen": half(embeddings[own])} for own in sorted(embeddings)]
        where = (PICTURES.c.id == bindparam("which"), ~PICTURES.c.gone)
        with self.database.writing() as connection:
            hold(connection, PICTURES, PICTURES.c.id.in_(embeddings))
            connection.execute(update(PICTURES).where(*where).values(blob=bindparam("seen")), blobs)

    def of_content(self, content: str, owner: str) -> PictureRow | None:
        """A person's picture with these pixels, the oldest row, also one in their trash."""
        same = (PICTURES.c.content == content, PICTURES.c.owner == owner, ~PICTURES.c.gone)
        query = select(PICTURES).where(*same).order_by(PICTURES.c.number).limit(1)
        with self.database.reading() as connection:
            found = connection.execute(query).one_or_none()
        return None if found is None else PictureRow.read(found)

    def imported_paths(self, owner: str) -> list[str]:
        """Where the files are that a person brought from other programs, relative to the gallery."""
        own = (PICTURES.c.owner == owner, PICTURES.c.path.startswith("imported/"), ~PICTURES.c.gone)
        with self.database.reading() as connection:
            return list(connection.scalars(select(PICTURES.c.path).where(*own)))

    def unseen(self, size: int, after: int = 0, limit: int = 16) -> list[tuple[int, PictureRow]]:
        """Pictures without an embedding of so many numbers, oldest rows first, each with its row's number.

        after  the number to go on from
        """
        length = func.coalesce(func.length(PICTURES.c.blob), 0)
        where = (PICTURES.c.number > after, ~PICTURES.c.gone, length != 2 * size)
        query = select(PICTURES).where(*where).order_by(PICTURES.c.number).limit(limit)
        with self.database.reading() as connection:
            return [(row.number, PictureRow.read(row)) for row in connection.execute(query)]

    def trash(self, ids: Sequence[str], owner: str | None = None) -> list[PictureRow]:
        """Out of sight, until they are taken back or purged."""
        with self.database.writing() as connection:
            _owned(connection, ids, owner)
            return _write(connection, ids, {"trashed": self.database.now(connection)})

    def untrash(self, ids: Sequence[str], owner: str | None = None) -> list[PictureRow]:
        """Back where they were."""
        return self._change(ids, owner, {"trashed": None})

    def purge(self, seconds: float, owner: str | None = None, ids: Sequence[str] | None = None) -> list[str]:
        """Delete what has been in the trash for so long, with all files that no other row reads; the ids.

        ids  only these

        What is gone is told as the last change of each. Taken back before, a picture stays. Raises
        Unavailable.
        """
        return purge(self.database, seconds, owner, ids)

    def _change(self, ids: Sequence[str], owner: str | None, values: dict[str, Any]) -> list[PictureRow]:
        with self.database.writing() as connection:
            _owned(connection, ids, owner)
            return _write(connection, ids, values)

    def _kin(self, column: Any, where: ColumnElement[bool], viewer: str | None) -> list[PictureRow]:
        query = select(PICTURES).join(LINEAGE, column == PICTURES.c.id).where(where, _shown(viewer))
        query = query.order_by(LINEAGE.c.place, PICTURES.c.number)
        with self.database.reading() as connection:
            return [PictureRow.read(row) for row in connection.execute(query)]


def _shown(viewer: str | None) -> ColumnElement[bool]:
    """Visible, and not in the trash of another."""
    mine = () if viewer is None else (PICTURES.c.owner == viewer, PICTURES.c.trashed.is_(None))
    return visible(PICTURES, viewer) & or_(*mine) if mine else visible(PICTURES, viewer)


def _owned(connection: Connection, ids: Sequence[str], owner: str | None) -> list[Any]:
    mine = () if owner is None else (PICTURES.c.owner == owner,)
    held = hold(connection, PICTURES, PICTURES.c.id.in_(ids), ~PICTURES.c.gone, *mine)
    if len(held) < len(set(ids)):
        raise NotThere("There is no such picture.")
    return held


def _write(connection: Connection, ids: Sequence[str], values: dict[str, Any]) -> list[PictureRow]:
    """The last act of a transaction."""
    connection.execute(update(PICTURES).where(PICTURES.c.id.in_(ids)).values(values))
    stamp(connection, (PICTURES, list(dict.fromkeys(ids))))
    return _rows(connection, ids)


def _rows(connection: Connection, ids: Sequence[str]) -> list[PictureRow]:
    found = {row.id: row for row in connection.execute(select(PICTURES).where(PICTURES.c.id.in_(ids)))}
    return [PictureRow.read(found[which]) for which in ids]
