"""What a person is told while pictures form: lines in a file, a drawing on a terminal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from sfumato.faces.cli.drawing import Drawing
from sfumato.faces.cli.show import open_show
from sfumato.faces.work import Step, Task

PLAN = {"prompt": "a red fox", "width": 8, "height": 8, "seeds": [{"number": 5}], "family": "tiny"}
TASK = Task("1234", PLAN, ("no tiles",), "a tiny model")
BLUE = np.full((8, 8, 3), (10, 20, 200), np.uint8)


def test_lines_say_all_but_the_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / "a-1.png", tmp_path / "a-2.png", tmp_path / "a-grid.png"]
    with open_show(quiet=False) as show:
        show.begin(TASK, "1 of 2")
        show.step(Step(1, 4, 2.0, lambda: None))
        show.end(paths, 1.25)
    out, err = capsys.readouterr()
    assert out.splitlines() == [str(own) for own in (paths[2], paths[0], paths[1])]
    assert err.splitlines() == [
        "1 of 2  a red fox  (8 × 8, seed 5, tiny)",
        "note  no tiles",
        "opening a tiny model",
        "2 pictures in 1.2 s",
    ]


def test_quiet_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_show(quiet=True) as show:
        show.begin(TASK, "1 of 1")
        show.end([tmp_path / "a-1.png"], 1.0)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_the_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(BLUE).save(tmp_path / "a-1.png")
    screen = StringIO()
    show = Drawing(Console(file=screen, force_terminal=True, color_system="truecolor", width=80))
    show.begin(TASK, "1 of 1")
    show.step(Step(3, 4, 2.0, lambda: BLUE))
    formed = screen.getvalue()
    show.end([tmp_path / "a-1.png"], 1.0)
    assert " 75 %" in formed and "2 s left" in formed and "38;2;10;20;200" in formed
    assert "38;2;10;20;200" in screen.getvalue()[len(formed) :] and "1 picture in 1.0 s" in screen.getvalue()
    assert capsys.readouterr().out == f"{tmp_path}/a-1.png\n" and show.live is None
