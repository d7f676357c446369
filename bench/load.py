"""Under load: what people wait when short and long jobs come to one machine, by policy.

    scripts/bench load                      ten traces, each under both policies
    scripts/bench load --seeds 2 --jobs 20  a quick look

The same arrivals are played to the same batcher, model and knowledge of passes, once with each policy, in
turns. Arrivals live on a clock that goes on by what every real pass takes; only idle time is left out. Every
finished picture must have the same bits under both policies, or nothing is reported.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from statistics import fmean, median

import numpy as np

from bench.play import Bench, Played
from bench.report import Goal, finish, options, say, table
from bench.trace import (
    GRID,
    LONG_STEPS,
    LONG_UPPER,
    PROMPTS,
    SHORT_STEPS,
    SHORT_UPPER,
    Seconds,
    Trace,
    Wish,
    at_once,
    draw_trace,
)

SEEDS, JOBS, LOAD = 10, 40, 0.8
LIMITS = (4, 8, 16)  # rows of a pass among which first_come chooses
CALIBRATION = 1000  # seed of the trace on which it does
ROUNDS = 3
POLICIES = ("first_come", "shortest_first")
SHORT = Wish(PROMPTS[0], 0, 1, SHORT_STEPS, SHORT_UPPER)
FEW, MANY = (Wish(PROMPTS[0], 0, GRID, steps, LONG_UPPER) for steps in LONG_STEPS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play all traces and report. Exit code 1 when a goal was missed."""
    asked, bench = parse(arguments), Bench()
    warm(bench)
    alone = calibrate(bench)
    limit = best_limit(bench, asked, alone)
    traces = [draw_trace(seed, asked.jobs, asked.load, alone) for seed in range(asked.seeds)]
    played = [duel(bench, trace, limit, seed) for seed, trace in enumerate(traces)]
    shorts = [arrival.wish.short for trace in traces for arrival in trace.arrivals]
    together = {name: pooled([own[name] for own in played], shorts) for name in POLICIES}
    each = [{name: summary(own[name].waited, own[name].seen) for name in POLICIES} for own in played]
    show(each, together)
    figures = {
        "load": asked.load,
        "jobs": asked.jobs,
        "rows_of_first_come": limit,
        "alone_s": {"short": alone(SHORT), "long": [alone(FEW), alone(MANY)]},
        "together": together,
        "traces": each,
    }
    return finish("load", figures, goals(together["first_come"], together["shortest_first"]), asked.results)


def parse(arguments: Sequence[str] | None) -> Namespace:
    parser = options(__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many traces")
    parser.add_argument("--jobs", type=int, default=JOBS, help="jobs in each")
    parser.add_argument("--load", type=float, default=LOAD, help="seconds of work that come in a second")
    parser.add_argument("--limits", type=int, nargs="+", default=LIMITS, help="rows that first_come tries")
    return parser.parse_args(arguments)


def warm(bench: Bench) -> None:
    """Passes of every length, so that none is met for the first time, and self-checked, under one policy."""
    say("warming up")
    for pictures in range(1, bench.most + 1):
        bench.play(at_once(*(Wish(PROMPTS[0], number, 1, 1, 1) for number in range(pictures))))


def calibrate(bench: Bench) -> Seconds:
    """Seconds of a job that has the machine for itself: measured for three, in between along a line."""
    took = [[bench.play(at_once(wish)).busy for wish in (SHORT, FEW, MANY)] for _ in range(ROUNDS)]
    short, low, high = (median(own) for own in zip(*took, strict=True))
    say(f"alone: a short job {short:.2f} s, a long one {low:.2f} to {high:.2f} s")

    def alone(wish: Wish) -> float:
        part = (wish.steps - FEW.steps) / (MANY.steps - FEW.steps)
        return short if wish.short else low + part * (high - low)

    return alone


def best_limit(bench: Bench, asked: Namespace, alone: Seconds) -> int:
    """The rows a pass with which first_come has the lowest mean, on a trace that is not among the others."""
    trace = draw_trace(CALIBRATION, asked.jobs, asked.load, alone)
    means = {}
    for limit in asked.limits:
        bench.first_come(limit)
        means[limit] = fmean(bench.play(trace).waited)
        say(f"first_come, up to {limit} rows: mean {means[limit]:.2f} s")
    return min(means, key=lambda limit: means[limit])


def duel(bench: Bench, trace: Trace, limit: int, seed: int) -> dict[str, Played]:
    """One trace under both policies; who begins changes from trace to trace."""
    played = {}
    for name in (POLICIES, POLICIES[::-1])[seed % 2]:
        bench.first_come(limit) if name == "first_come" else bench.shortest_first()
        played[name] = bench.play(trace)
    first, short = (played[name] for name in POLICIES)
    if first.pictures != short.pictures:
        raise SystemExit(f"trace {seed}: pictures differ between the policies. Nothing is reported.")
    say(f"trace {seed}: mean {fmean(first.waited):.2f} s, {fmean(short.waited):.2f} s")
    return played


def summary(waited: Sequence[float], seen: Sequence[float]) -> dict[str, float]:
    return {
        "median_s": median(waited),
        "mean_s": fmean(waited),
        "p95_s": float(np.percentile(waited, 95)),
        "preview_median_s": median(seen),
    }


def pooled(played: Sequence[Played], shorts: Sequence[bool]) -> dict[str, float]:
    """All jobs of all traces under one policy; `shorts` says which are short."""
    waited = [second for own in played for second in own.waited]
    kinds = {
        kind: [w for w, short in zip(waited, shorts, strict=True) if short == kind] for kind in (True, False)
    }
    return summary(waited, [second for own in played for second in own.seen]) | {
        "mean_of_short_s": fmean(kinds[True]),
        "mean_of_long_s": fmean(kinds[False]),
        "busy_s": sum(own.busy for own in played),
        "rows_a_pass": fmean(own.rows for own in played),
    }


def goals(first: Mapping[str, float], short: Mapping[str, float]) -> list[Goal]:
    return [
        Goal("median, times lower", first["median_s"] / short["median_s"], 5),
        Goal("mean, times lower", first["mean_s"] / short["mean_s"], 1.8),
        Goal("95th percentile, parts of the other", short["p95_s"] / first["p95_s"], 1.05, at_most=True),
        Goal(
            "first preview, parts of the other's median",
            short["preview_median_s"] / first["median_s"],
            0.1,
            True,
        ),
    ]


def show(
    each: Sequence[Mapping[str, Mapping[str, float]]], together: Mapping[str, Mapping[str, float]]
) -> None:
    rows = [
        (which, name, *list(own[name].values())[:4])
        for which, own in [*((str(seed), own) for seed, own in enumerate(each)), ("all", together)]
        for name in POLICIES
    ]
    print(*table(("trace", "policy", "median s", "mean s", "95 % s", "preview s"), rows), sep="\n")


if __name__ == "__main__":
    raise SystemExit(main())
