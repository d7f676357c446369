"""Pictures that form, drawn on a terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from sfumato.faces.cli.show import count, name, said
from sfumato.faces.work import Step, Task

if TYPE_CHECKING:
    from PIL.Image import Image
    from rich.console import RenderableType

COLUMNS = 56  # of the preview; one cell shows two pixels, one above the other
BESIDE = 4  # lines of a terminal for the bar and what is said of a job
PAUSE_S = 0.25  # between previews, as drawing them costs time too


@dataclass
class Drawing:
    """A Show with a bar and, in colour, the grid."""

    console: Console = field(default_factory=lambda: Console(stderr=True))
    live: Live | None = None
    shown: float = 0.0

    @property
    def colourful(self) -> bool:
        """Whether this terminal can show the picture forming."""
        return self.console.is_terminal and self.console.color_system in ("truecolor", "256")

    def begin(self, task: Task, number: str) -> None:
        for line, style in said(task, number):
            self.console.print(Text(line, style=style))
        if self.console.is_terminal:
            self.live = Live(console=self.console, auto_refresh=False, transient=True)
            self.live.start()

    def step(self, step: Step) -> None:
        if self.live is None or time.monotonic() - self.shown < PAUSE_S:
            return
        self.shown = time.monotonic()
        left = "" if step.seconds_left is None else f" {step.seconds_left:4.0f} s left"
        bar = Text(f"{100 * step.done // step.total:3d} %{left}")
        parts: list[RenderableType] = [ProgressBar(total=step.total, completed=step.done, width=COLUMNS), bar]
        picture = step.preview() if self.colourful else None
        if picture is not None:
            from PIL import Image

            parts.insert(0, self._blocks(Image.fromarray(picture)))
        self.live.update(Group(*parts), refresh=True)

    def end(self, paths: Sequence[Path], seconds: float) -> None:
        self.close()
        if self.colourful:
            from PIL import Image

            with Image.open(paths[-1]) as grid:
                self.console.print(self._blocks(grid.convert("RGB")))
        self.console.print(Text(count(paths, seconds), style="dim"))
        name(paths)

    def close(self) -> None:
        if self.live is not None:
            self.live.stop()
            self.live = None

    def _blocks(self, picture: Image) -> Text:
        lines = max(1, self.console.height - BESIDE)  # what is longer, rich cuts, and the bar with it
        fitting = 2 * lines * picture.width // picture.height
        return blocks(picture, max(1, min(COLUMNS, self.console.width - 1, fitting)))


def blocks(picture: Image, columns: int) -> Text:
    """A picture in RGB as text of half blocks: the upper pixel in front, the lower behind."""
    from PIL.Image import Resampling

    rows = max(1, round(columns * picture.height / picture.width / 2))
    small = picture.resize((columns, 2 * rows), Resampling.BOX)
    pixels = [small.crop((0, y, columns, y + 1)).tobytes() for y in range(2 * rows)]
    text = Text(no_wrap=True)
    for row in range(rows):
        above, below = pixels[2 * row], pixels[2 * row + 1]
        for at in range(0, 3 * columns, 3):
            front, back = tuple(above[at : at + 3]), tuple(below[at : at + 3])
            text.append(
                "▀", style=f"rgb({front[0]},{front[1]},{front[2]}) on rgb({back[0]},{back[1]},{back[2]})"
            )
        text.append("\n")
    return text
