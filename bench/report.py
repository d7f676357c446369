"""What every benchmark ends with: its figures beside its goals, as a table and as a file in bench/results."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import torch

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"


class Goal(NamedTuple):
    """A figure and what it should be: at least `bound`, or at most `bound` where `at_most`."""

    what: str
    value: float
    bound: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def record(self) -> dict[str, object]:
        """For JSON."""
        wanted = f"at {'most' if self.at_most else 'least'} {self.bound:g}"
        return {"what": self.what, "value": round(self.value, 4), "goal": wanted, "met": self.met}


def options(what: str | None) -> ArgumentParser:
    """The options that every benchmark has; `what` is its docstring."""
    parser = ArgumentParser(description=(what or "").splitlines()[0])
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the figures")
    return parser


def say(line: str) -> None:
    """Progress, on standard error."""
    print(line, file=sys.stderr, flush=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Lines of aligned columns; numbers get three digits after the point."""
    texts = [list(heads), *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(heads))]
    for row in texts:
        cells = [
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells)


def finish(name: str, figures: Mapping[str, object], goals: Sequence[Goal], folder: Path) -> int:
    """Print the goals and write the file; 0 when all goals were met, else 1."""
    rows = [(goal.what, goal.value, goal.record()["goal"], "met" if goal.met else "MISSED") for goal in goals]
    print("", *table(("figure", "value", "goal", ""), rows), sep="\n")
    record = {
        "benchmark": name,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit(),
        "machine": machine(),
        "goals": [goal.record() for goal in goals],
        "figures": dict(figures),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{record['date']}.json"
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"written: {path}")
    return 0 if all(goal.met for goal in goals) else 1


def commit() -> str:
    """The commit that is measured, with a plus where files were changed since; "unknown" outside git."""
    base = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    head = subprocess.run([*base, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)
    if head.returncode:
        return "unknown"
    changed = subprocess.run([*base, "status", "--porcelain", "src", "bench"], capture_output=True, text=True)
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def machine() -> dict[str, object]:
    """What the figures depend on; nothing that names a machine or a person."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "threads": torch.get_num_threads(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _cpu() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
