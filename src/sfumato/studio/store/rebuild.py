"""The index of pictures made anew from the files, which carry all that it says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from sfumato.studio.gallery import read_kept
from sfumato.studio.imports import read_said
from sfumato.studio.store.database import Database, stamp
from sfumato.studio.store.drawn import Drawn, drawn, insert_pictures, link
from sfumato.studio.store.errors import told
from sfumato.studio.store.imported import FOLDER as IMPORTED
from sfumato.studio.store.imported import SUFFIXES, imported
from sfumato.studio.store.tables import JOBS, PICTURES


@dataclass(frozen=True)
class Rebuilt:
    """What was found.

    found       ids of the pictures that have a file
    missing     ids of those in the index whose file is not there; nothing was done to them
    unreadable  why other files were left out, one sentence each
    """

    found: tuple[str, ...]
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]


def rebuild(database: Database, gallery: Path, owner: str) -> Rebuilt:
    """Index every picture in the gallery and below; what people said of those that are known is kept.

    owner  whose are the pictures of which neither the index nor their job knows; those are private, as
           nobody can say whether they were
    """
    if not gallery.is_dir():
        with told():
            raise FileNotFoundError(2, "there is no such folder", str(gallery))
    found: dict[str, tuple[Drawn, str]] = {}
    unreadable: list[str] = []
    for path in files(gallery):
        try:
            pictures = _read(database, path, gallery, owner)
        except ValueError as error:
            unreadable.append(str(error))
            continue
        for picture, whose in pictures:
            found[picture.id] = (picture, _add(database, picture, whose))
    with database.writing() as connection:  # now that all parents are there
        for picture, whose in found.values():
            link(connection, picture, whose)
        return Rebuilt(tuple(found), _missing(connection, gallery), tuple(unreadable))


def _read(database: Database, path: Path, gallery: Path, owner: str) -> list[tuple[Drawn, str]]:
    """What a file shows, for whom; an imported one may be several people's. Raises ValueError."""
    try:
        kept = read_kept(path)
        return [] if kept.index is None else [(drawn(kept, path, gallery), owner)]
    except ValueError:
        if not path.is_relative_to(gallery / IMPORTED):
            raise
    said = read_said(path)
    return [(imported(said, path, gallery, own), own) for own in _owners(database, path, gallery) or [owner]]


def _owners(database: Database, path: Path, gallery: Path) -> list[str]:
    own = PICTURES.c.path == path.relative_to(gallery).as_posix()
    with database.reading() as connection:
        return list(connection.scalars(select(PICTURES.c.owner).where(own).order_by(PICTURES.c.owner)))


def files(gallery: Path) -> Iterator[Path]:
    """The pictures of a gallery, without what is hidden: jobs under way, files half-written."""
    for path in sorted(gallery.rglob("*")):
        others = path.suffix in SUFFIXES and path.is_relative_to(gallery / IMPORTED)
        hidden = any(part.startswith(".") for part in path.relative_to(gallery).parts)
        if (path.suffix == ".png" or others) and not hidden:
            yield path


def _add(database: Database, picture: Drawn, owner: str) -> str:
    """Its owner."""
    with database.writing() as connection:
        whose, private = _whose(connection, picture) or (owner, True)
        stamp(connection, (PICTURES, insert_pictures(connection, [picture], whose, private)))
    return whose


def _whose(connection: Connection, picture: Drawn) -> tuple[str, bool] | None:
    """As the index says, else as the job does."""
    for table, key in ((PICTURES, picture.id), (JOBS, picture.job)):
        query = select(table.c.owner, table.c.private).where(table.c.id == key)
        if known := connection.execute(query).one_or_none():
            return known.owner, known.private
    return None


def _missing(connection: Connection, gallery: Path) -> tuple[str, ...]:
    query = select(PICTURES.c.id, PICTURES.c.path).where(~PICTURES.c.gone).order_by(PICTURES.c.number)
    return tuple(row.id for row in connection.execute(query) if not (gallery / row.path).exists())
