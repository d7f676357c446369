"""Company: what sharing passes does to a picture's pixels, and what keeping every bit costs, on this device.

    scripts/bench company                twenty-four pictures, three rounds
    scripts/bench company --pictures 6 --rounds 1

Pictures of several prompts, steps and samplers are made alone, each with passes of its own, and all
together. `Straight`
takes passes as they come, which is what an accelerator does unless it is asked for `--deterministic`;
`Rows` fills them up and checks them, which is what a CPU always does. Rounds of both are interleaved.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import log10
from statistics import median

import torch

from bench.report import Goal, finish, options, say, table
from sfumato.engine import Batcher, Commission, Rows, Straight
from sfumato.engine.rows import Answering
from sfumato.plan import Plan
from sfumato.studio import Studio, Wishes

PROMPTS = ("a red fox in the snow", "a castle at night", "a cat on a meadow, watercolor", "flowers")
SAMPLERS = ("dpm++2m", "euler", "unipc")
STEPS = (4, 8, 12)
EQUAL = 999.0  # dB
HOW = ("alone", "together")
WAYS: tuple[tuple[str, Callable[[], Answering]], ...] = (("straight", Straight), ("rows", Rows))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures and report. Exit code 1 when a goal was missed."""
    parser = options(__doc__)
    parser.add_argument("--pictures", type=int, default=24, help="pictures at once")
    parser.add_argument("--rounds", type=int, default=3, help="how often")
    asked = parser.parse_args(arguments)
    studio = Studio()
    wanted = plans(studio, asked.pictures)
    held = studio.shelf.lease(studio.family)
    seconds: dict[str, list[float]] = {
        f"{name} {how}": [] for name, _ in WAYS for how in ("alone", "together")
    }
    worst = dict.fromkeys((name for name, _ in WAYS), EQUAL)
    batchers = {name: Batcher(answering=answering) for name, answering in WAYS}
    for number in range(asked.rounds + 1):  # the first round opens and checks, and is not timed
        for name, batcher in batchers.items():
            alone, together = (
                [made(batcher, held.model, [plan]) for plan in wanted],
                made(batcher, held.model, wanted),
            )
            worst[name] = min(
                worst[name], *(psnr(one[0][0], own) for one, own in zip(alone, together[0], strict=True))
            )
            if number:
                seconds[f"{name} alone"].append(sum(one[1] for one in alone))
                seconds[f"{name} together"].append(together[1])
        say(f"round {number} of {asked.rounds}")
    return report(seconds, worst, held.by, asked)


def plans(studio: Studio, count: int) -> list[Plan]:
    """Plans of one picture each, no two alike."""
    made = []
    for number in range(count):
        knobs = {"base.steps": str(STEPS[number % 3]), "base.sampler": SAMPLERS[number // 3 % 3]}
        (job,) = studio.submit(f"{PROMPTS[number % 4]} --seed {number}", Wishes(knobs=knobs))
        made.append(job.plan.model_copy(update={"seeds": job.plan.seeds[:1]}))
    return made


def made(batcher: Batcher, model, wanted: Sequence[Plan]) -> tuple[list[torch.Tensor], float]:
    """The last x of each picture, and the seconds that all took."""
    started, last = time.perf_counter(), {}
    tickets = [batcher.add(Commission(plan, model), 0) for plan in wanted]
    while batcher.busy:
        for event in batcher.step():
            if event.error or event.flight is None:
                raise SystemExit(f"a picture failed: {event.error}")
            if event.flight.leg is None:
                last[event.ticket] = event.flight.state.x
    return [last[ticket] for ticket in tickets], time.perf_counter() - started


def psnr(one: torch.Tensor, other: torch.Tensor) -> float:
    """Of pictures in [-1, 1], in dB; EQUAL where every bit is."""
    error = float((one.double() - other.double()).square().mean())
    return 10 * log10(4 / error) if error else EQUAL


def report(seconds: dict[str, list[float]], worst: dict[str, float], by, asked) -> int:
    """Print and write the figures."""
    medians = {name: median(own) for name, own in seconds.items()}
    print(*table(("passes", "seconds"), list(medians.items())), sep="\n")
    price = {how: medians[f"rows {how}"] / medians[f"straight {how}"] for how in HOW}
    gain = medians["straight alone"] / medians["straight together"]
    price_now, where = price["together"], f"{by['device']}, {by['dtype']}"
    print(f"{where}: to keep every bit takes {price_now:.3f} times as long ({price['alone']:.3f} alone)")
    print(f"together takes {1 / gain:.2f} of one after another")
    own = {"device": by["device"], "dtype": by["dtype"]}
    goals = [
        Goal("straight: worst PSNR of a picture to itself alone, dB (999: equal)", worst["straight"], 40.0),
        Goal("rows: the same, which must be equal", worst["rows"], EQUAL),
    ]
    figures = {"seconds": medians, "psnr_db": worst, "price": price, "gain": gain, **own}
    return finish("company", figures, goals, asked.results)


if __name__ == "__main__":
    raise SystemExit(main())
