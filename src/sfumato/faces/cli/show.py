"""What a person sees while pictures form: a bar, the seconds left and, in colour, the grid itself."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from sfumato.studio import Job, Step

if TYPE_CHECKING:
    import numpy as np
    from rich.console import RenderableType

COLUMNS = 56  # of the preview; one cell shows two pixels, one above the other
PAUSE_S = 0.25  # between previews, as drawing them costs time too


@dataclass
class Show:
    """Speaks on standard error while pictures form; finished paths go to standard output, one a line."""

    quiet: bool
    console: Console = field(default_factory=lambda: Console(stderr=True))
    live: Live | None = None
    shown: float = 0.0

    @property
    def colourful(self) -> bool:
        """Whether this terminal can show the picture forming."""
        return self.console.is_terminal and self.console.color_system in ("truecolor", "256")

    def begin(self, job: Job, number: str, opened: str) -> None:
        """`opened` is the model that has to be opened first, "" when it is open."""
        if self.quiet:
            return
        plan = job.plan
        about = f"{plan.width} × {plan.height}, seed {plan.seeds[0].number}, {plan.family}"
        self.console.print(Text(f"{number}  {plan.prompt}  ({about})", style="bold"))
        for note in job.notes:
            self.console.print(Text(f"note  {note}", style="yellow"))
        if opened:
            self.console.print(Text(f"opening {opened}", style="dim"))
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
            parts.insert(0, blocks(picture, min(COLUMNS, self.console.width - 1)))
        self.live.update(Group(*parts), refresh=True)

    def end(self, job: Job, paths: list[Path], grid: np.ndarray, seconds: float) -> None:
        if self.quiet:
            return
        self.close()
        if self.colourful:
            self.console.print(blocks(grid, min(COLUMNS, self.console.width - 1)))
        made = "1 picture" if len(paths) == 1 else f"{len(paths) - 1} pictures"
        self.console.print(Text(f"{made} in {seconds:.1f} s", style="dim"))
        for path in (paths[-1], *paths[:-1]):
            print(path)
        sys.stdout.flush()

    def close(self) -> None:
        if self.live is not None:
            self.live.stop()
            self.live = None


@contextmanager
def open_show(quiet: bool) -> Iterator[Show]:
    """A show that leaves the terminal as it was, however it ends."""
    show = Show(quiet)
    try:
        yield show
    finally:
        show.close()


def blocks(picture: np.ndarray, columns: int) -> Text:
    """A picture uint8 (H, W, 3) as text of half blocks: the upper pixel in front, the lower behind."""
    from PIL import Image

    height, width = picture.shape[:2]
    rows = max(1, round(columns * height / width / 2))
    small = Image.fromarray(picture).resize((columns, 2 * rows), Image.Resampling.BOX)
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
