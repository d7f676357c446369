"""Files in a ZIP that is sent while it is made: it is nowhere whole, neither on the disk nor in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import RawIOBase
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from sfumato.studio.store import PictureRow

CHUNK = 1 << 18  # bytes
MOST_NAME = 60  # characters of the prompt


class _Sent(RawIOBase):
    """What was written since it was last taken. It cannot be gone back in, so sizes follow their files."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def zipped(pictures: Sequence[tuple[PictureRow, Path]]) -> Iterator[bytes]:
    """The bytes of a ZIP of these files, stored as they are: pictures are packed already. Raises OSError."""
    sent = _Sent()
    with ZipFile(sent, "w") as archive:
        for row, path in pictures:
            for _ in _added(archive, name_of(row), path):
                yield sent.taken()
    yield sent.taken()


def _added(archive: ZipFile, name: str, path: Path) -> Iterator[None]:
    """A stop after each part of a file."""
    with path.open("rb") as file, archive.open(ZipInfo(name), "w") as entry:
        while part := file.read(CHUNK):
            entry.write(part)
            yield


def name_of(row: PictureRow) -> str:
    """The first words of the prompt, then what no other picture has: "a red fox 1b9d6bcd-2.png"."""
    words = re.split(r"\s--", row.prompt)[0]
    plain = " ".join(re.sub(r"[^\w\s-]", " ", words).split())[:MOST_NAME].strip()
    return f"{plain} {row.job}-{row.index}{Path(row.path).suffix}".strip()
