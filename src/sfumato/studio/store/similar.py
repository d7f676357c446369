"""The pictures that look like one, by the angle between embeddings: every one is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, func, select

from sfumato.studio.store.rows import PictureRow
from sfumato.studio.store.tables import PICTURES
from sfumato.studio.store.visible import visible

if TYPE_CHECKING:
    import numpy as np

AT_A_TIME = 4096  # rows in memory


class Similar(NamedTuple):
    """A picture, and the cosine of the angle to what was asked for, -1 … 1."""

    row: PictureRow
    cosine: float


def similar(connection: Connection, embedding: np.ndarray, k: int, viewer: str | None) -> list[Similar]:
    """See Pictures.similar; embedding (n,). What is in the trash is not compared."""
    import numpy as np

    asked = np.asarray(embedding, np.float32).ravel()
    shown = (visible(PICTURES, viewer), ~PICTURES.c.gone, PICTURES.c.trashed.is_(None))
    same = func.length(PICTURES.c.blob) == asked.size * np.dtype(np.float16).itemsize
    query = select(PICTURES.c.number, PICTURES.c.blob).where(*shown, same)
    best: list[tuple[float, int]] = []
    result = connection.execution_options(yield_per=AT_A_TIME).execute(query)
    for rows in result.partitions():
        cosines = _cosines(asked, [row.blob for row in rows]).tolist()
        best += zip(cosines, (row.number for row in rows), strict=True)
        best = sorted(best, key=lambda pair: (-pair[0], pair[1]))[:k]
    return _found(connection, best)


def _cosines(asked: np.ndarray, blobs: list[bytes]) -> np.ndarray:
    """(rows,) float32; 0 where there is no direction."""
    import numpy as np

    theirs = np.frombuffer(b"".join(blobs), np.float16).reshape(len(blobs), -1).astype(np.float32)
    lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(asked)
    return np.divide(theirs @ asked, lengths, out=np.zeros(len(blobs), np.float32), where=lengths > 0)


def _found(connection: Connection, best: list[tuple[float, int]]) -> list[Similar]:
    numbers = [number for _, number in best]
    query = select(PICTURES).where(PICTURES.c.number.in_(numbers))
    rows: dict[int, Any] = {row.number: row for row in connection.execute(query)}
    return [Similar(PictureRow.read(rows[number]), cosine) for cosine, number in best if number in rows]
