"""Files in a ZIP that is sent while it is made: it is nowhere whole, neither on the disk nor in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from sfumato.faces.web.converted import ENDINGS, Format, converted, is_kept
from sfumato.faces.web.errors import Refusal
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


def zipped(pictures: Sequence[tuple[PictureRow, Path]], wanted: Format | None = None) -> Iterator[bytes]:
    """The bytes of a ZIP of these files, not made smaller: pictures are packed already. Raises OSError.

    wanted  the format of all that can be converted; None leaves them as they are
    """
    sent = _Sent()
    with ZipFile(sent, "w") as archive:
        for row, path in pictures:
            file, suffix = _opened(row, path, wanted)
            for _ in _added(archive, name_of(row, suffix), file):
                yield sent.taken()
    yield sent.taken()


def _added(archive: ZipFile, name: str, file: BinaryIO) -> Iterator[None]:
    """A stop after each part of a file."""
    with file, archive.open(ZipInfo(name), "w") as entry:
        while part := file.read(CHUNK):
            entry.write(part)
            yield


def _opened(row: PictureRow, path: Path, wanted: Format | None) -> tuple[BinaryIO, str]:
    """A picture's bytes, and what its name ends with."""
    if wanted is not None and not is_kept(path, wanted):
        with suppress(Refusal):  # half of the ZIP may be sent: it stays as it is
            return BytesIO(converted(path, row, wanted)), ENDINGS.get(wanted, f".{wanted}")
    return path.open("rb"), path.suffix


def name_of(row: PictureRow, suffix: str) -> str:
    """The first words of the prompt, then what no other picture has: "a red fox 1b9d6bcd-2.png"."""
    words = re.split(r"\s--", row.prompt)[0]
    plain = " ".join(re.sub(r"[^\w\s-]", " ", words).split())[:MOST_NAME].strip()
    return f"{plain} {row.job}-{row.index}{suffix}".strip()
