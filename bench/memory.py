"""Memory: the peak for a grid beside the weights, and whether a long life makes it grow.

    scripts/bench memory                   a grid, then 1,000 pictures
    scripts/bench memory --pictures 200    a quick look

The pictures have four steps, are made alone, one after the other in one process, and are not kept. The first
and the last are made from the same plan and must have the same pixels, or nothing is reported. Linux only:
resident memory is read from /proc.
"""

from __future__ import annotations

import resource
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.report import Goal, finish, options, say, table
from sfumato.models.house.model import HouseModel
from sfumato.studio import Job, Picture, Studio, Wishes

PICTURES, SETTLED = 1000, 100
MIB = 2**20
PROMPTS = ("a red fox in the snow", "an owl in the forest", "a blue car in the desert", "a cat on a meadow")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures and report. Exit code 1 when the goal was missed."""
    parser = options(__doc__)
    parser.add_argument("--pictures", type=int, default=PICTURES, help="how many, at least two")
    parser.add_argument("--settled", type=int, default=SETTLED, help="growth counts from this picture on")
    asked = parser.parse_args(arguments)
    imported = resident()
    studio = Studio()
    model = studio.shelf.lease(studio.family).model
    assert isinstance(model, HouseModel)
    weights = sum(p.nbytes for network in model.networks for p in network.parameters()) / MIB
    opened = resident()
    for made in studio.work(studio.submit(PROMPTS[0])[0]):
        assert made is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seen = follow(studio, asked.pictures)
    settled, end = seen[min(asked.settled, asked.pictures) - 1], seen[-1]
    figures = {
        "imported_mib": imported,
        "opened_mib": opened,
        "weights_mib": weights,
        "peak_of_a_grid_mib": peak,
        "peak_beside_imports_over_weights": (peak - imported) / weights,
        "after_pictures_mib": {str(n): seen[n - 1] for n in range(1, asked.pictures + 1) if shown(n, asked)},
        "growth_mib": end - settled,
    }
    rows = [(name, value) for name, value in figures.items() if isinstance(value, float)]
    print(*table(("memory", ""), rows), sep="\n")
    goal = Goal(f"growth after picture {asked.settled}, MiB", end - settled, max(5.0, 0.01 * settled), True)
    return finish("memory", figures, [goal], asked.results)


def shown(number: int, asked) -> bool:
    return number in (1, asked.settled, asked.pictures) or number % 100 == 0


def follow(studio: Studio, pictures: int) -> list[float]:
    """Resident memory in MiB after each picture. Raises SystemExit when the last is not the first again."""
    seen, first = [], None
    for number in range(pictures):
        last = number == pictures - 1
        pixels = draw(studio, 0 if last else number)
        first = pixels if first is None else first
        seen.append(resident())
        if number % 100 == 0:
            say(f"{number + 1} of {pictures}: {seen[-1]:.1f} MiB")
        if last and not np.array_equal(first, pixels):
            raise SystemExit("the same plan gave other pixels. Nothing is reported.")
    return seen


def draw(studio: Studio, number: int) -> np.ndarray:
    """One picture alone, 128 × 128."""
    knobs = {"base.steps": "4", "upper.steps": "2"}
    prompt = f"{PROMPTS[number % len(PROMPTS)]} --seed {number}"
    (job,) = studio.submit(prompt, Wishes(knobs=knobs))
    alone: Job = replace(job, plan=job.plan.model_copy(update={"seeds": job.plan.seeds[:1]}))
    return next(made for made in studio.work(alone) if isinstance(made, Picture)).pixels


def resident() -> float:
    """MiB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / MIB


if __name__ == "__main__":
    raise SystemExit(main())
