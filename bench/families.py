"""Families: released models at their real size on this processor, beside diffusers, in one run.

    scripts/bench families                        SD 1.5, SDXL and PixArt-α, pictures of 256 × 256
    scripts/bench families --quick                few steps, one round
    scripts/bench families --only sd --compile    the same with networks that torch compiled
    scripts/bench families --only sd --openvino   and the same U-Net in OpenVINO: pip install openvino

The weights are random, and both sides ask the very same networks, in the number format that `sfumato` chooses
here: what is compared is all around them. They take turns at every step. What both made of one noise must be
alike, or nothing is reported.
"""

from __future__ import annotations

import gc
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from bench.pair import Pair, gap, open_pair
from bench.peak import peaks
from bench.report import Goal, finish, options, say, table
from bench.runtime import Runtime
from bench.sizes import RELEASES, Release, small
from bench.turns import in_turns
from sfumato.models.precision import choose_dtype

SIDE, STEPS, ROUNDS = 256, 8, 5
ALIKE = 0.02  # mean difference of pixels in parts of the range: in bfloat16 theirs rounds x at every step
DRAWS = 4000  # of the bootstrap
PROMPTS = ("a red fox in the snow", "a castle at night", "a cat on a meadow", "a ship", "flowers in a vase")
STEP, OUTSIDE, PEAK = 1.03, 1 / 3, 1.0  # the goals


class Round(NamedTuple):
    """Of one picture made by both: seconds of every step, and seconds outside all networks.

    apart  how far the pictures are from each other
    """

    ours: list[float]
    theirs: list[float]
    outside_ours: float
    outside_theirs: float
    apart: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures and report. Exit code 1 when a goal was missed."""
    asked = parse(arguments)
    dtype = asked.dtype or choose_dtype("cpu")
    figures: dict[str, Any] = {"dtype": dtype, "side": asked.side, "steps": asked.steps}
    for name in asked.only:
        peak = {"peak_mib": peaks(name, dtype, asked)} if asked.memory else {}
        release = small(RELEASES[name]) if asked.tiny else RELEASES[name]
        figures[name] = of_release(release, dtype, asked) | peak
        gc.collect()  # gigabytes, before the next are drawn
    heads = ("model", "step, ours s", "theirs s", "ratio", "upper 95 %", "outside, ours ms", "theirs ms")
    print(*table(heads, [row(RELEASES[name].title, figures[name]) for name in asked.only]), sep="\n")
    goals = [goal for name in asked.only for goal in goals_of(RELEASES[name].title, figures[name])]
    return finish("families", figures, goals, asked.results)


def parse(arguments: Sequence[str] | None) -> Namespace:
    parser = options(__doc__)
    parser.add_argument("--only", type=models, default=tuple(RELEASES), help="sd,sdxl,pixart or some of them")
    parser.add_argument("--quick", action="store_true", help="four steps, one round")
    parser.add_argument("--steps", type=int, default=STEPS, help="of each picture, at least three")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="pictures of each model, beside the first")
    parser.add_argument("--side", type=int, default=SIDE, help="of the pictures, in pixels")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), help="in place of what is quicker here")
    parser.add_argument("--no-memory", dest="memory", action="store_false", help="leave out the peaks")
    parser.add_argument("--compile", action="store_true", help="once more with compiled networks")
    parser.add_argument("--openvino", action="store_true", help="time the denoiser in OpenVINO, too")
    parser.add_argument("--tiny", action="store_true", help="far smaller networks, to see whether it runs")
    asked = parser.parse_args(arguments)
    if asked.quick:
        asked.steps, asked.rounds = 4, 1
    return asked


def models(text: str) -> tuple[str, ...]:
    """Raises ValueError for a name that is none."""
    names = tuple(text.split(","))
    if set(names) - RELEASES.keys():
        raise ValueError(text)
    return names


def of_release(release: Release, dtype: str, asked: Namespace) -> dict[str, Any]:
    """All that is measured of one model in this process."""
    with TemporaryDirectory() as folder:
        pair = open_pair(release, Path(folder), dtype)
        count = sum(parameter.numel() for parameter in pair.denoiser.parameters())
        say(f"{release.title}: {count / 1e6:.0f} M parameters, {dtype}")
        figures = {"parameters": count, **summary(beside(pair, asked))}
        runtime = Runtime.of(pair, dtype, asked.side) if asked.openvino else None
        if asked.compile:
            pair.denoiser.compile()
            figures["compiled"] = summary(beside(pair, asked))
        if runtime:
            ratios = runtime.beside(asked.rounds * asked.steps)
            figures["openvino"] = {"ratio": median(ratios), "ratio_upper_95": upper(ratios)}
    return figures


def beside(pair: Pair, asked: Namespace) -> list[Round]:
    """Rounds of both in turns; the first warms up and is not counted."""
    rounds = []
    for number in range(asked.rounds + 1):
        text = f"{PROMPTS[number % len(PROMPTS)]}, {number}"  # always words that nobody has read yet
        rounds.append(one_round(pair, text, asked.side, asked.steps))
        own = rounds[-1]
        say(f"{text}: a step {median(own.ours):.3f} s, theirs {median(own.theirs):.3f} s")
    return rounds[1:]


def one_round(pair: Pair, text: str, side: int, steps: int) -> Round:
    """One picture by both, of one noise. Raises SystemExit when they are not alike."""
    noise = pair.ours.noise(pair.ours.plan(text, side, steps))
    works = [
        lambda: pair.ours.picture(text, side, steps),
        lambda: pair.theirs.picture(text, side, steps, noise),
    ]
    (ours, mine), (theirs, other) = in_turns(works, pair.denoiser, pair.clock, steps)
    if (off := gap(mine, other)) > ALIKE:
        raise SystemExit(f"the two made different pictures (by {off:.3f} of the range). Nothing is reported.")
    return Round(
        [turn.seconds for turn in ours[1:-1]],
        [turn.seconds for turn in theirs[1:-1]],
        sum(turn.outside for turn in ours),
        sum(turn.outside for turn in theirs),
        off,
    )


def summary(rounds: Sequence[Round]) -> dict[str, Any]:
    """The figures of these rounds."""
    ours = [second for own in rounds for second in own.ours]
    theirs = [second for own in rounds for second in own.theirs]
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    outside = {
        "ours": median(own.outside_ours for own in rounds),
        "theirs": median(own.outside_theirs for own in rounds),
    }
    return {
        "step_s": {"ours": median(ours), "theirs": median(theirs)},
        "step_ratio": median(ratios),
        "step_ratio_upper_95": upper(ratios),
        "pairs": len(ratios),
        "difference": max(own.apart for own in rounds),
        "outside_ms": {name: own * 1e3 for name, own in outside.items()},
        "outside_ratio": outside["ours"] / outside["theirs"],
    }


def upper(ratios: Sequence[float]) -> float:
    """What the median of such ratios is below in 95 of 100 draws with replacement."""
    drawn = np.random.default_rng(0).choice(np.asarray(ratios), (DRAWS, len(ratios)))
    return float(np.percentile(np.median(drawn, axis=1), 95))


def row(title: str, own: Mapping[str, Any]) -> tuple[object, ...]:
    """A line of the table."""
    step, outside = own["step_s"], own["outside_ms"]
    ratios = own["step_ratio"], own["step_ratio_upper_95"]
    return (title, step["ours"], step["theirs"], *ratios, outside["ours"], outside["theirs"])


def goals_of(title: str, own: Mapping[str, Any]) -> list[Goal]:
    """What the figures of one model should be."""
    found = [
        Goal(f"{title}: a step, parts of theirs, upper 95 %", own["step_ratio_upper_95"], STEP, at_most=True),
        Goal(f"{title}: outside all networks, parts of theirs", own["outside_ratio"], OUTSIDE, at_most=True),
    ]
    if "peak_mib" in own:
        ratio = own["peak_mib"]["ours"] / own["peak_mib"]["theirs"]
        found.append(Goal(f"{title}: peak memory, parts of theirs", ratio, PEAK, at_most=True))
    if "openvino" in own:
        ratio = own["openvino"]["ratio_upper_95"]
        found.append(Goal(f"{title}: a step, parts of OpenVINO's, upper 95 %", ratio, 1.0, at_most=True))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
