"""Pictures on their way into the index: what their files say of them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, func, select

from sfumato.plan.kinds import kind_of
from sfumato.studio.gallery import Kept
from sfumato.studio.given import digest
from sfumato.studio.picture import Picture
from sfumato.studio.store.database import insertion
from sfumato.studio.store.errors import Conflict
from sfumato.studio.store.tables import LINEAGE, PICTURES
from sfumato.studio.store.visible import visible

if TYPE_CHECKING:
    import numpy as np


GALLERY = "pictures"  # the folder of their files, beside the database


@dataclass(frozen=True)
class Drawn:
    """A single picture whose file is in the gallery. Grids are not indexed: their pictures are.

    path     relative to the gallery, with slashes
    content  hash of its pixels, as the inputs of plans name them
    inputs   the contents of what it was made from
    blob     its embedding, float16; None where nobody has made one
    details  what another program wrote into its file; empty for our own
    """

    id: str
    job: str
    index: int
    path: str
    sha256: str
    content: str
    width: int
    height: int
    prompt: str
    operation: str
    model: str
    seed: int
    created: float
    inputs: tuple[str, ...] = ()
    blob: bytes | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """Columns of its row; the rest is people's."""
        own = {name: value for name, value in vars(self).items() if name not in ("inputs", "blob")}
        told = {"prompt": plain(self.prompt), "details": json.dumps(self.details, ensure_ascii=False)}
        return {**own, **told, "aspect": self.width / self.height}

    @property
    def row(self) -> dict[str, Any]:
        """Its columns in a new row."""
        found = {"gone": False, "blob": self.blob, "words": words(self.prompt, facts(self.details))}
        return {**self.values, **found}


def drawn(picture: Picture | Kept, path: Path, gallery: Path, embedding: np.ndarray | None = None) -> Drawn:
    """What the index keeps of a picture; its file is read once more for its hash.

    embedding  (n,), any number format; kept as float16

    Raises ValueError for a grid, or a path that is not in the gallery; OSError.
    """
    if picture.index is None:
        raise ValueError(f"{path} is a grid: only single pictures are indexed.")
    plan, (height, width) = picture.plan, picture.pixels.shape[:2]
    return Drawn(
        id=f"{picture.job}-{picture.index}",
        job=picture.job,
        index=picture.index,
        path=path.resolve().relative_to(gallery.resolve()).as_posix(),
        sha256=of_file(path),
        content=digest(picture.pixels),
        width=width,
        height=height,
        prompt=plan.prompt,
        operation=kind_of(plan.model_dump(mode="json")),
        model=plan.family,
        seed=plan.seeds[picture.index].number,
        created=path.stat().st_mtime,
        inputs=tuple(item.hash for item in plan.inputs),
        blob=None if embedding is None else half(embedding),
    )


def of_file(path: Path) -> str:
    """sha256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def half(embedding: np.ndarray) -> bytes:
    """An embedding as it is kept. Raises ValueError for one that is not finite in float16."""
    import numpy as np

    with np.errstate(over="ignore"):
        values = np.asarray(embedding).ravel().astype(np.float16)
    if not np.isfinite(values).all():
        raise ValueError("This embedding has numbers that are not finite in float16: scale it first.")
    return values.tobytes()


def plain(text: str) -> str:
    """Without the one character that a database may not take."""
    return text.replace("\0", "")


def folded(text: str) -> str:
    """As searched: wide and narrow, large and small letters are the same."""
    return unicodedata.normalize("NFKC", plain(text)).casefold()


def facts(details: Mapping[str, Any]) -> tuple[str, ...]:
    """What of another program's words a search looks in: not what was to be kept out of the picture."""
    settings = (f"{name}: {value}" for name, value in details.get("settings", {}).items())
    told = (details.get("program", ""), details.get("model", ""), *settings)
    return tuple(plain(own) for own in told if own)


def words(prompt: str, tags: Sequence[str]) -> str:
    """What a search looks in."""
    return folded("\n".join((prompt, *tags)))


def insert_pictures(
    connection: Connection, pictures: Sequence[Drawn], owner: str, private: bool
) -> list[str]:
    """Their ids. A picture that is there already keeps what people said of it. Not numbered yet.

    Raises Conflict for one that is another person's.
    """
    if pictures:
        _insert(connection, pictures, owner, private)
    for picture in pictures:
        link(connection, picture, owner)
    return [picture.id for picture in pictures]


def _insert(connection: Connection, pictures: Sequence[Drawn], owner: str, private: bool) -> None:
    insert, table = insertion(connection, PICTURES), PICTURES.c
    said = {"owner": owner, "private": private, "tags": "[]", "liked": False, "rating": 0, "rev": 0}
    new = [{**said, **picture.row} for picture in pictures]
    found = {name: insert.excluded[name] for name in (*pictures[0].values, "gone")}
    again = {
        "words": case((table.gone, insert.excluded.words), else_=table.words),
        "trashed": case((table.gone, None), else_=table.trashed),
        "blob": func.coalesce(insert.excluded.blob, table.blob),
    }
    insert = insert.on_conflict_do_update(
        index_elements=["id"], set_={**found, **again}, where=table.owner == owner
    )
    mine = set(connection.scalars(insert.returning(table.id), new))
    for picture in pictures:
        if picture.id not in mine:
            raise Conflict(f"Picture {picture.id} is another person's.")


def link(connection: Connection, picture: Drawn, owner: str) -> None:
    """Name its parents: the pictures of the index that its plan reads, and that its owner may see.

    Of several with the same content the oldest is meant.
    """
    insert = insertion(connection, LINEAGE)
    seen = visible(PICTURES, owner)
    for place, content in enumerate(picture.inputs):
        same = and_(PICTURES.c.content == content, PICTURES.c.id != picture.id, seen, ~PICTURES.c.gone)
        oldest = select(PICTURES.c.id).where(same).order_by(PICTURES.c.created, PICTURES.c.number).limit(1)
        if (parent := connection.scalar(oldest)) is not None:
            new = {"child": picture.id, "parent": parent, "place": place}
            connection.execute(insert.values(new).on_conflict_do_nothing())
