"""What each parameter does to a plan. The numbers here are worked out by hand, not by the code under test."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.language import read
from sfumato.plan import Defaults, Frame, Plan, PlanError, Seed, StageDefaults, draft, drafts


def one(text: str, defaults: Defaults, entropy: Callable[[], int] = lambda: 7) -> Plan:
    (prompt,) = read(text)
    return draft(prompt, defaults, entropy)


def counting(start: int) -> Callable[[], int]:
    return count(start).__next__


def test_defaults_fill_what_is_not_said(defaults: Defaults) -> None:
    plan = one("a red fox", defaults)
    assert (plan.family, plan.operation, plan.inputs, plan.post) == ("numbers", "imagine", (), ())
    assert [(part.content, part.weight) for part in plan.parts] == [("a red fox", 1.0)]
    assert (plan.width, plan.height) == (256, 256)
    base, larger = plan.stages
    assert (base.name, base.weights, base.width, base.height) == ("base", "1" * 64, 64, 64)
    assert (base.steps, base.sampler, base.schedule, base.shift) == (20, "euler", "linear", 1.5)
    assert (base.guidance, base.rescale, base.interval) == (4.0, 0.25, (0.1, 0.9))
    assert (base.start, base.end) == (0.0, 1.0)
    assert (larger.name, larger.weights, larger.steps, larger.sampler) == ("larger", "2" * 64, 10, "heun")


@pytest.mark.parametrize(
    ("quality", "steps"),
    [(".25", (5, 3)), (".5", (10, 5)), ("1", (20, 10)), ("2", (40, 20)), ("4", (80, 40))],
)
def test_quality_scales_steps(quality: str, steps: tuple[int, int], defaults: Defaults) -> None:
    plan = one(f"a fox --q {quality}", defaults)
    assert tuple(stage.steps for stage in plan.stages) == steps
    assert (plan.width, plan.height) == (256, 256)


def test_quality_leaves_at_least_one_step() -> None:
    jump = StageDefaults(name="jump", weights="0", steps=1, sampler="euler", schedule="linear")
    plan = one("a fox --q .25", Defaults(family="quick", stages=(jump,), pixels=64, multiple=1))
    assert plan.stages[0].steps == 1


def test_no_becomes_a_negative_part(defaults: Defaults) -> None:
    plan = one("a city street at night --no cars", defaults)
    assert [(part.content, part.weight) for part in plan.parts] == [
        ("a city street at night", 1.0),
        ("cars", -0.5),
    ]
    assert "--no cars" in plan.prompt


def test_a_list_of_no_shares_the_weight(defaults: Defaults) -> None:
    plan = one("still life:: paint::2 --no fruit, birds --no cups, text", defaults)
    assert [(part.content, part.weight) for part in plan.parts] == [
        ("still life", 1),
        ("paint", 2),
        *((name, -0.125) for name in ("fruit", "birds", "cups", "text")),
    ]


def test_no_says_what_the_weight_says(defaults: Defaults) -> None:
    """Midjourney's own equality: `still life --no fruit` is `still life:: fruit::-.5`."""
    assert one("still life --no fruit", defaults).parts == one("still life:: fruit::-.5", defaults).parts


@given(short=st.integers(1, 400), more=st.floats(0, 1.5), tall=st.booleans())
def test_aspect_keeps_the_pixel_budget(defaults: Defaults, short: int, more: float, tall: bool) -> None:
    long = short + int(short * more)
    plan = one(f"a fox --ar {f'{short}:{long}' if tall else f'{long}:{short}'}", defaults)
    base, larger = plan.stages
    assert base.width % 8 == base.height % 8 == 0
    assert 64 * 64 * 0.6 <= base.width * base.height <= 64 * 64
    assert (base.height > base.width) <= tall or long == short
    exact = Fraction(long, short) * min(base.width, base.height)
    assert abs(max(base.width, base.height) - exact) < 8
    assert (larger.width, larger.height) == (4 * base.width, 4 * base.height) == (plan.width, plan.height)


@pytest.mark.parametrize(
    ("aspect", "size"),
    [("1:1", (64, 64)), ("3:2", (72, 48)), ("2:3", (48, 72)), ("2:1", (80, 40)), ("9:16", (48, 80))],
)
def test_aspect_gives_these_sizes(aspect: str, size: tuple[int, int], defaults: Defaults) -> None:
    base = one(f"a fox --ar {aspect}", defaults).stages[0]
    assert (base.width, base.height) == size


@pytest.mark.parametrize("aspect", ["14:1", "1:14", "251:100"])
def test_aspect_beyond_the_family_is_refused(aspect: str, defaults: Defaults) -> None:
    with pytest.raises(PlanError, match=rf"--ar {aspect}.* numbers .*1:2\.5 to 2\.5:1"):
        one(f"a fox --ar {aspect}", defaults)


def test_aspect_at_the_limit_is_painted(defaults: Defaults) -> None:
    base = one("a fox --ar 5:2", defaults).stages[0]
    assert (base.width, base.height) == (96, 40)


def test_seed_and_sameseed(defaults: Defaults) -> None:
    slices = tuple(Seed(number=123456789, slice=index) for index in range(4))
    assert one("a fox --seed 123456789", defaults).seeds == slices
    assert one("a fox --sameseed 5", defaults).seeds == (Seed(number=5, slice=0),) * 4
    assert one("a fox --seed 0", defaults).seeds[0] == Seed(number=0, slice=0)
    unsaid = one("a fox", defaults, counting(41))
    assert unsaid.seeds == tuple(Seed(number=41, slice=index) for index in range(4))
    assert "seed" not in unsaid.prompt


def test_random_seeds_differ_and_fit_in_32_bits(defaults: Defaults) -> None:
    (prompt,) = read("a fox")
    numbers = {draft(prompt, defaults).seeds[0].number for _ in range(16)}
    assert len(numbers) == 16
    assert 2**28 < max(numbers) < 2**32


def test_stop_ends_early(defaults: Defaults) -> None:
    base, larger = one("a fox --stop 40", defaults).stages
    assert (base.start, base.end) == (0.0, 0.4)
    assert (larger.start, larger.end) == (0.0, 1.0)
    assert base.steps == 20


def test_stop_cuts_the_stage_that_paints_and_not_the_prior(defaults: Defaults) -> None:
    prior = StageDefaults(name="prior", weights="0", steps=5, sampler="euler", schedule="linear")
    three = defaults.model_copy(update={"stages": (prior, *defaults.stages)})
    assert [stage.end for stage in one("a fox --stop 60", three).stages] == [1.0, 0.6, 1.0]


def test_tile_adds_margins(defaults: Defaults) -> None:
    """At least an eighth of the shorter side, in whole multiples; what is cut out has the usual size."""
    wide = defaults.model_copy(update={"pixels": 256 * 256})
    fine = wide.model_copy(update={"multiple": 1})
    for aspect, chosen, base, margin in (
        ("1:1", defaults, (64 + 16, 64 + 16), 8),
        ("3:2", defaults, (72 + 16, 48 + 16), 8),
        ("2:5", defaults, (40 + 16, 96 + 16), 8),
        ("1:1", wide, (256 + 64, 256 + 64), 32),
        ("2:1", wide, (352 + 48, 176 + 48), 24),
        ("1:1", fine, (256 + 64, 256 + 64), 32),
    ):
        plan, plain = (one(f"a floral pattern --ar {aspect}{tile}", chosen) for tile in (" --tile", ""))
        assert (plan.stages[0].width, plan.stages[0].height) == base
        assert (plan.width, plan.height) == (4 * base[0], 4 * base[1])
        assert (plan.wrap, plain.wrap, plain.post) == (4 * margin, 0, ())
        cut, turn = plan.post
        frame = Frame(left=plan.wrap, top=plan.wrap, width=plain.width, height=plain.height)
        assert (cut.name, cut.frame, turn.name) == ("crop", frame, "turn")


def test_weights_reach_the_plan(defaults: Defaults) -> None:
    plan = one("space::2 ship:: red::-.5", defaults)
    assert [(part.content, part.weight) for part in plan.parts] == [("space", 2), ("ship", 1), ("red", -0.5)]


def test_repeat_gives_plans(defaults: Defaults) -> None:
    (prompt,) = read("a fox --repeat 3")
    plans = drafts(prompt, defaults, counting(10))
    assert [plan.seeds[0].number for plan in plans] == [10, 11, 12]
    assert len({plan.hash for plan in plans}) == 3
    assert {plan.prompt for plan in plans} == {"a fox"}


def test_repeat_keeps_a_seed_that_is_said(defaults: Defaults) -> None:
    (prompt,) = read("a fox --repeat 2 --seed 9")
    first, second = drafts(prompt, defaults)
    assert first == second
    assert first.seeds[0].number == 9


def test_one_plan_without_repeat(defaults: Defaults) -> None:
    (prompt,) = read("a fox --seed 3")
    assert drafts(prompt, defaults) == (draft(prompt, defaults),)


def test_random_style_becomes_a_code(defaults: Defaults) -> None:
    plan = one("a fox --sref random 12::2 --seed 1", defaults, counting(3456789012))
    assert [(item.content, item.weight) for item in plan.references] == [("3456789012", 1), ("12", 2)]
    assert "random" not in plan.prompt
    assert "3456789012" in plan.prompt


def test_the_prompt_of_a_plan_makes_the_same_plan_again(defaults: Defaults) -> None:
    text = 'a "café" sign::2 lamp --no cars --ar 3:2 --q 2 --stop 80 --sref random --r 2 --v 6 --seed 4'
    first = one(text, defaults, counting(5))
    assert one(first.prompt, defaults, counting(99)) == first
    assert first.quoted == ("café",)
    assert "--v 6" in first.prompt


def test_different_words_make_different_plans(defaults: Defaults) -> None:
    texts = (
        "a fox",
        "a hen",
        "a fox --ar 3:2",
        "a fox --q 2",
        "a fox --stop 50",
        "a fox --no hat",
        "a fox::2",
    )
    assert len({one(text, defaults).hash for text in texts}) == len(texts)


def chained(defaults: Defaults) -> Defaults:
    """A base that hands on to a refiner at .8 of the run, then a stage that makes it larger."""
    base, larger = defaults.stages
    first = base.model_copy(update={"end": 0.8})
    refiner = base.model_copy(update={"name": "refiner", "weights": "3" * 64, "start": 0.8})
    return defaults.model_copy(update={"stages": (first, refiner, larger)})


@pytest.mark.parametrize(
    ("stop", "runs"),
    [
        ("", [("base", 0, 0.8), ("refiner", 0.8, 1), ("larger", 0, 1)]),
        (" --stop 90", [("base", 0, 0.8), ("refiner", 0.8, 0.9), ("larger", 0, 1)]),
        (" --stop 80", [("base", 0, 0.8), ("larger", 0, 1)]),
        (" --stop 50", [("base", 0, 0.5), ("larger", 0, 1)]),
    ],
)
def test_stop_cuts_one_run_of_two_stages(defaults: Defaults, stop: str, runs: list) -> None:
    (prompt,) = read(f"a red fox --seed 1{stop}")
    plan = draft(prompt, chained(defaults))
    assert [(stage.name, stage.start, stage.end) for stage in plan.stages] == runs
