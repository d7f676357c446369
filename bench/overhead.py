"""Overhead: where a warm four-step grid of the house model spends its time, from the text to the PNG files.

    scripts/bench overhead              thirty grids
    scripts/bench overhead --rounds 3   a quick look

Every round makes one grid of each prompt, in turns. Every file must be read back as the picture and the plan
it was made from, or nothing is reported.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from bench.report import Goal, finish, options, say, table
from sfumato.engine import Answer, Ask, Condition, Setting, Stage
from sfumato.models.family import Family, families
from sfumato.studio import Picture, Studio, Wishes, read_kept

PROMPTS = ("a red fox in the snow", "a castle in the mountains", "a cat on a meadow")
PARTS = ("texts", "networks", "decoding", "files", "the rest")
ROUNDS = 10


@dataclass
class Clock:
    """Seconds by part; what no part names is the rest."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))

    @contextmanager
    def part(self, name: str):
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - started


@dataclass(frozen=True, eq=False)
class TimedStage:
    """A stage that is timed where it reads texts and decodes; all else is its own."""

    inner: Stage
    clock: Clock

    def __getattr__(self, name: str):
        return getattr(self.inner, name)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        with self.clock.part("texts"):
            return self.inner.conditions(setting)

    def decode(self, x):
        with self.clock.part("decoding"):
            return self.inner.decode(x)


@dataclass(frozen=True, eq=False)
class TimedModel:
    """A model that is timed where it answers; all else is its own."""

    inner: object
    stages: tuple[TimedStage, ...]
    clock: Clock

    def __getattr__(self, name: str):
        return getattr(self.inner, name)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        with self.clock.part("networks"):
            return self.inner.answer(asks)  # pyright: ignore[reportAttributeAccessIssue]


@dataclass(frozen=True, eq=False)
class TimedFamily:
    """A family whose model is timed; all else is its own."""

    inner: Family
    clock: Clock

    def __getattr__(self, name: str):
        return getattr(self.inner, name)

    def open(self, device: str, dtype: str) -> TimedModel:
        model = self.inner.open(device, dtype)
        return TimedModel(model, tuple(TimedStage(stage, self.clock) for stage in model.stages), self.clock)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the grids and report. Exit code 1 when the goal was missed."""
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="grids of each prompt")
    asked = parser.parse_args(arguments)
    clock = Clock()
    with TemporaryDirectory() as folder:
        studio = Studio(Path(folder), TimedFamily(families()[0], clock))  # pyright: ignore[reportArgumentType]
        grid(studio, PROMPTS[0], 0, clock)  # opens the model and checks its passes
        rounds = [grid(studio, prompt, n, clock) for n in range(1, asked.rounds + 1) for prompt in PROMPTS]
    parts = {name: median(own[name] for own in rounds) for name in PARTS}
    total = median(sum(own.values()) for own in rounds)
    shares = {name: median(own[name] / sum(own.values()) for own in rounds) for name in PARTS}
    print(*table(("part", "ms", "share"), [(n, parts[n] * 1e3, shares[n]) for n in PARTS]), sep="\n")
    print(f"a grid takes {total:.3f} s; median of {len(rounds)}")
    goals = [Goal("everything but the networks, share", 1 - shares["networks"], 0.1, at_most=True)]
    return finish("overhead", {"total_s": total, "parts_s": parts, "shares": shares}, goals, asked.results)


def grid(studio: Studio, prompt: str, seed: int, clock: Clock) -> dict[str, float]:
    """Seconds by part of one grid: from its text to its last file. Raises SystemExit when a file is wrong."""
    before, files = dict(clock.seconds), []
    started = time.perf_counter()
    (job,) = studio.submit(f"{prompt} --q .25 --seed {seed}", Wishes(knobs={"base.steps": "4"}))
    shown, picture, pictures = started, None, []
    for made in studio.work(job):
        now = time.perf_counter()
        if isinstance(made, Picture):
            picture = made
        elif isinstance(made, Path):
            clock.seconds["files"] += now - shown
            files.append(made)
            pictures.append(picture)
        shown = time.perf_counter()
    total = shown - started
    for path, picture in zip(files, pictures, strict=True):
        kept = read_kept(path)
        if kept.plan != job.plan or not np.array_equal(kept.pixels, picture.pixels):
            raise SystemExit(f"{path.name} is not what was made. Nothing is reported.")
    took = {name: clock.seconds[name] - before[name] for name in PARTS}
    took["the rest"] = total - sum(took.values())
    say(f"{prompt}: {total:.3f} s, networks {took['networks']:.3f} s")
    return took


if __name__ == "__main__":
    raise SystemExit(main())
