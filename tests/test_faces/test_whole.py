"""Files that are written completely or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfumato.faces.whole import COMMON, PRIVATE, write


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "雪.png"
    for data, mode in ((b"first", COMMON), (b"second", PRIVATE)):
        write(path, data, mode)
        assert path.read_bytes() == data and list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == PRIVATE


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write(tmp_path / "folder", b"data", COMMON)
    assert [own.name for own in tmp_path.iterdir()] == ["folder"]
