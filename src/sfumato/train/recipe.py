"""What all recipes share: their options, and a run that is logged and saved."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from sfumato.train.checkpoint import save_checkpoint
from sfumato.train.loop import Report

EVERY = 50  # steps between two lines of the log


def recipe_parser(about: str | None, minutes: float, rate: float, out: Path) -> argparse.ArgumentParser:
    """The options of every recipe; `minutes`, `rate` and `out` are their defaults."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--minutes", type=float, default=minutes, help="wall time in total, resumed parts included")
    add("--rows", type=int, default=64, help="pictures in a batch")
    add("--rate", type=float, default=rate, help="peak learning rate")
    add("--save", type=float, default=5, help="minutes between checkpoints")
    add("--seed", type=int, default=1)
    add("--atlas", type=Path, help="folder with an atlas, where the fonts are not installed")
    add("--out", type=Path, default=out, help="checkpoints and log")
    return parser


def follow(reports: Iterable[Report], checkpoint: Path, save: float, rows: int) -> Report:
    """Carry a run out; its last report. Every 50 steps a line goes to the log, a JSON-lines file beside the
    checkpoint, and to the screen; the checkpoint is written every `save` minutes and at the end.

    Raises SystemExit where the budget is already spent.
    """
    report, saved, losses = None, 0.0, []
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    with checkpoint.with_suffix(".jsonl").open("a") as log:
        for report in reports:
            losses.append(report.loss)
            if report.step % EVERY == 0:
                line = json.dumps(_line(report, rows, losses))
                print(line, file=log, flush=True)
                print(line, flush=True)
                losses.clear()
            if report.seconds - saved > save * 60:
                saved = report.seconds
                save_checkpoint(checkpoint, report)
    if report is None:
        raise SystemExit("This run's budget is already spent: give more --minutes, or another --out folder.")
    save_checkpoint(checkpoint, report)
    return report


def _line(report: Report, rows: int, losses: list[float]) -> dict[str, float]:
    return {
        "step": report.step,
        "samples": report.step * rows,
        "seconds": round(report.seconds, 1),
        "loss": round(sum(losses) / len(losses), 4),
        "rate": round(report.rate, 7),
    }
