"""Edits as plans: where the given picture lies, how large all becomes, and what cannot be."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sfumato.language import read
from sfumato.plan import (
    Asked,
    Blend,
    Defaults,
    Edit,
    Frame,
    Pan,
    Plan,
    PlanError,
    Region,
    Restyle,
    Source,
    Square,
    StageDefaults,
    Upscale,
    Vary,
    Zoom,
    draft,
)
from sfumato.plan.kinds import kind_of
from sfumato.plan.knobs import LONGEST_SIDE_PX

EDITS = (Restyle, Vary, Region, Zoom, Square, Pan, Upscale, Blend)
SIDES = st.integers(1, 900)
WAYS = st.sampled_from(["left", "right", "up", "down"])


def sources(*sizes: tuple[int, int]) -> tuple[Source, ...]:
    return tuple(Source(f"{index:064x}", *size) for index, size in enumerate(sizes))


def asked(defaults: Defaults, *sizes: tuple[int, int], prompt: str = "a fox", **options) -> Asked:
    (said,) = read(prompt)
    return Asked(said, defaults, sources(*sizes), **{"entropy": lambda: 7, **options})


def frame_of(plan: Plan) -> Frame:
    frame = plan.inputs[0].frame
    assert frame is not None
    return frame


def within(size: tuple[int, int], longest: float) -> bool:
    return max(size) <= longest * min(size)


PICTURES = st.tuples(SIDES, SIDES).filter(lambda size: within(size, 2.4))


# What edits have in common


@pytest.mark.parametrize("kind", EDITS)
def test_every_edit_is_an_operation_with_defaults(kind, defaults: Defaults) -> None:
    """It is written and read back by its kind alone, and so is the plan it gives."""
    edit = kind()
    adapter = TypeAdapter(Edit)
    assert adapter.validate_json(adapter.dump_json(edit)) == edit
    count = 2 if kind in (Region, Blend) else 1
    plan = edit.plan(asked(defaults, *[(256, 256)] * count, prompt="a fox --seed 3"))
    assert Plan.from_json(plan.to_json()) == plan
    assert [item.hash for item in plan.inputs] == [own.hash for own in sources(*[(256, 256)] * count)]
    assert plan.parts[0].content == "a fox" and plan.seeds[0].number == 3


def test_these_are_all_edits() -> None:
    assert set(get_args(get_args(Edit)[0])) == set(EDITS)


@pytest.mark.parametrize("kind", [Restyle, Vary, Zoom, Square, Pan, Upscale])
@pytest.mark.parametrize("count", [0, 2, 3])
def test_an_edit_of_one_picture_takes_no_other_number(kind, count: int, defaults: Defaults) -> None:
    with pytest.raises(PlanError, match=f"one picture, not {count}"):
        kind().plan(asked(defaults, *[(256, 256)] * count))


@pytest.mark.parametrize("count", [0, 1, 6])
def test_a_blend_takes_two_to_five(count: int, defaults: Defaults) -> None:
    with pytest.raises(PlanError, match=f"2 to 5 pictures, not {count}"):
        Blend().plan(asked(defaults, *[(256, 256)] * count))


@pytest.mark.parametrize("count", [0, 1])
def test_a_region_needs_a_mask(count: int, defaults: Defaults) -> None:
    with pytest.raises(PlanError, match="give its mask too"):
        Region().plan(asked(defaults, *[(256, 256)] * count))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Restyle, {"strength": 1.01}),
        (Restyle, {"strength": -0.1}),
        (Zoom, {"factor": 0.9}),
        (Zoom, {"factor": 8.1}),
        (Zoom, {"factor": float("nan")}),
        (Pan, {"to": "north"}),
        (Pan, {"fraction": 0}),
        (Pan, {"fraction": 1}),
        (Upscale, {"factor": 0}),
        (Upscale, {"factor": 1}),
        (Upscale, {"factor": float("inf")}),
        (Vary, {"strength": 0.5}),
    ],
)
def test_what_no_edit_can_be_is_refused(kind, fields: dict) -> None:
    with pytest.raises(ValidationError, match=next(iter(fields))):
        kind(**fields)


# From the picture on


@given(strength=st.integers(0, 100))
def test_strength_is_what_is_left_of_the_run(strength: int, defaults: Defaults) -> None:
    plan = Restyle(strength=strength / 100).plan(asked(defaults, (256, 256)))
    for stage in plan.stages:
        assert (stage.start, stage.end) == (pytest.approx(1 - strength / 100), 1)


def test_subtle_is_a_shorter_run_than_strong(defaults: Defaults) -> None:
    subtle, strong = (Vary(strong=strong).plan(asked(defaults, (9, 9))) for strong in (False, True))
    assert 0 < strong.stages[0].start < subtle.stages[0].start < 1


@given(strength=st.integers(0, 100), stop=st.integers(10, 100))
def test_a_run_that_is_stopped_before_it_would_begin_hands_the_picture_on(
    strength: int, stop: int, defaults: Defaults
) -> None:
    plan = Restyle(strength=strength / 100).plan(asked(defaults, (256, 256), prompt=f"a fox --stop {stop}"))
    base = plan.stages[0]
    begin = 1 - strength / 100
    if (stop / 100 - begin) * base.steps > 1:  # at least one whole step is left
        assert (base.start, base.end) == (pytest.approx(begin), stop / 100)
    elif begin > stop / 100 + 1e-9:
        assert (base.start, base.end) == (1, 1)


def test_a_prior_is_run_in_full(defaults: Defaults) -> None:
    """Its x is no picture, so none can be begun from."""
    prior = StageDefaults(
        name="prior", weights="0", steps=5, sampler="euler", schedule="linear", paints=False
    )
    three = defaults.model_copy(update={"stages": (prior, *defaults.stages)})
    plan = Restyle(strength=0.4).plan(asked(three, (256, 256)))
    assert [stage.start for stage in plan.stages] == [0, 0.6, 0.6]
    large = Upscale().plan(asked(three, (256, 256)))
    assert [stage.start for stage in large.stages] == [0, 1, 0.7]
    assert (large.stages[0].width, large.stages[0].window) == (64, 0)


@pytest.mark.parametrize(("strength", "names"), [(0.5, ["base", "refiner"]), (0.1, ["refiner"])])
def test_a_base_that_would_do_nothing_leaves_its_refiner(
    strength: float, names: list[str], defaults: Defaults
) -> None:
    base = defaults.stages[0].model_copy(update={"end": 0.8})
    refiner = base.model_copy(update={"name": "refiner", "start": 0.8, "end": 1.0})
    two = defaults.model_copy(update={"stages": (base, refiner)})
    plan = Restyle(strength=strength).plan(asked(two, (256, 256)))
    assert [stage.name for stage in plan.stages] == names
    assert plan.stages[0].start == pytest.approx(1 - strength)


@pytest.mark.parametrize("kind", [Restyle, Vary, Region, Zoom])
@given(size=PICTURES)
def test_the_shape_of_the_picture_is_kept(kind, size: tuple[int, int], defaults: Defaults) -> None:
    """As `--ar` would give it."""
    count = 2 if kind is Region else 1
    plan = kind().plan(asked(defaults, *[size] * count))
    (said,) = read(f"a fox --ar {size[0]}:{size[1]}")
    usual = draft(said, defaults)
    assert (plan.width, plan.height) == (usual.width, usual.height)


def test_a_mask_keeps_the_shape_whatever_the_prompt_says(defaults: Defaults) -> None:
    """In another one what is kept would be stretched."""
    plan = Region().plan(asked(defaults, (256, 256), (9, 9), prompt="a fox --ar 2:1 --tile"))
    assert (plan.width, plan.height, plan.wrap) == (256, 256, 0)
    assert [(item.role, item.frame) for item in plan.inputs] == [("start", None), ("mask", None)]
    assert [step.name for step in plan.post] == ["keep"]
    three = Region().plan(asked(defaults, (256, 256), (9, 9), (8, 8)))
    assert [item.role for item in three.inputs] == ["start", "mask", "mask"]


# Around the picture


@given(size=PICTURES, factor=st.floats(1, 8), aspect=st.sampled_from(["", " --ar 3:2", " --ar 2:5"]))
def test_zoom_puts_the_picture_in_the_middle(
    size: tuple[int, int], factor: float, aspect: str, defaults: Defaults
) -> None:
    plan = Zoom(factor=factor).plan(asked(defaults, size, prompt=f"a fox{aspect}"))
    frame = frame_of(plan)
    scale = min(plan.width / size[0], plan.height / size[1]) / factor
    assert abs(frame.width - size[0] * scale) <= 0.5 + 1e-6 or frame.width == 1
    assert abs(frame.height - size[1] * scale) <= 0.5 + 1e-6 or frame.height == 1
    for before, own, whole in (
        (frame.left, frame.width, plan.width),
        (frame.top, frame.height, plan.height),
    ):
        assert 0 <= (whole - own - before) - before <= 1
    assert [step.name for step in plan.post] == ["join", "keep"]
    assert {stage.start for stage in plan.stages} == {0}


@given(size=st.tuples(SIDES, SIDES))
def test_square_shows_all_of_any_picture(size: tuple[int, int], defaults: Defaults) -> None:
    plan = Square().plan(asked(defaults, size, prompt="a fox --ar 2:1"))
    frame = frame_of(plan)
    assert (plan.width, plan.height) == (256, 256)
    assert max(frame.width, frame.height) == 256 and min(frame.left, frame.top) == 0
    assert (frame.left, frame.top) == ((256 - frame.width) // 2, (256 - frame.height) // 2)
    assert abs(min(frame.width, frame.height) - 256 * min(size) / max(size)) <= 1


FRACTIONS = st.integers(1, 99).map(lambda number: number / 100)


@given(size=PICTURES, to=WAYS, fraction=FRACTIONS)
def test_a_pan_paints_beyond_one_side_only(
    size: tuple[int, int], to: str, fraction: float, defaults: Defaults
) -> None:
    """The picture fills what is painted across and backwards; what is new has the part asked for."""
    plan = Pan(to=to, fraction=fraction).plan(asked(defaults, size))  # type: ignore[arg-type]
    frame, flat = frame_of(plan), to in ("left", "right")
    across, whole = (frame.top, plan.height) if flat else (frame.left, plan.width)
    assert across == 0 and (frame.height if flat else frame.width) == whole
    first, own, length = (
        (frame.left, frame.width, plan.width) if flat else (frame.top, frame.height, plan.height)
    )
    before, after = first, length - first - own
    new, other = (before, after) if to in ("left", "up") else (after, before)
    assert other <= 0, "nothing is painted beyond the other side"
    asked_for = max(1, round(length * fraction))
    assert new == max(min(asked_for, length - 1), length - own)
    assert [step.name for step in plan.post] == ["join", "extend"]
    assert {stage.start for stage in plan.stages} == {0}


@given(steps=st.lists(st.tuples(WAYS, FRACTIONS), max_size=4))
def test_pan_after_pan_keeps_the_size_or_says_why_not(
    steps: list[tuple[str, float]], defaults: Defaults
) -> None:
    """A picture once made keeps its pixels: as long as the model paints so wide, it is not resized."""
    width = height = 256
    for to, fraction in steps:
        try:
            plan = Pan(to=to, fraction=fraction).plan(asked(defaults, (width, height)))  # type: ignore[arg-type]
        except PlanError as error:
            assert "--ar" not in str(error) and "pan" in str(error).lower()
            return
        frame = frame_of(plan)
        if (frame.width, frame.height) != (width, height):
            return  # the model paints nothing that is so wide across
        width = max(plan.width, frame.left + frame.width) - min(0, frame.left)
        height = max(plan.height, frame.top + frame.height) - min(0, frame.top)


@pytest.mark.parametrize("to", ["left", "right", "up", "down"])
def test_a_picture_of_the_model_is_panned_as_it_is(to: str, defaults: Defaults) -> None:
    plan = Pan(to=to, fraction=0.25).plan(asked(defaults, (256, 256)))  # type: ignore[arg-type]
    places = {"left": (64, 0), "right": (-64, 0), "up": (0, 64), "down": (0, -64)}
    assert frame_of(plan) == Frame(left=places[to][0], top=places[to][1], width=256, height=256)
    assert (plan.width, plan.height) == (256, 256)


def test_a_long_picture_is_panned_along_and_not_across(defaults: Defaults) -> None:
    long = (1024, 256)
    along = Pan(to="right").plan(asked(defaults, long))
    assert (frame_of(along).width, frame_of(along).height) == long
    assert along.height == 256 and along.width <= 2.5 * 256
    with pytest.raises(PlanError, match=r"cannot be panned up: .* 2\.5"):
        Pan(to="up").plan(asked(defaults, long))


# Larger


@given(size=st.tuples(SIDES, SIDES), factor=st.floats(1.01, 6), creative=st.booleans())
def test_a_larger_picture_has_exactly_its_size(
    size: tuple[int, int], factor: float, creative: bool, defaults: Defaults
) -> None:
    """Of any shape, by any factor: cut out of what the stages can make, in windows of their own square."""
    plan = Upscale(factor=factor, creative=creative).plan(asked(defaults, size))
    width, height = round(size[0] * factor), round(size[1] * factor)
    frame = Frame(left=0, top=0, width=width, height=height)
    crop = plan.post[0]
    assert (crop.name, crop.frame) == ("crop", frame) and frame_of(plan) == frame
    assert [step.name for step in plan.post[1:]] == ([] if creative else ["agree"])
    assert 0 <= plan.width - width < 32 and 0 <= plan.height - height < 32
    base, larger = plan.stages
    assert (larger.width, larger.height) == (4 * base.width, 4 * base.height) == (plan.width, plan.height)
    assert base.width % 8 == base.height % 8 == 0
    assert (base.start, base.end) == (1, 1) and larger.window == 256
    assert len(plan.seeds) == 1


def test_creative_leaves_more_of_the_run(defaults: Defaults) -> None:
    subtle, creative = (
        Upscale(creative=creative).plan(asked(defaults, (256, 256))) for creative in (False, True)
    )
    assert 0 < creative.stages[-1].start < subtle.stages[-1].start < 1


ENLARGER = StageDefaults(
    name="enlarger", weights="e" * 64, steps=1, sampler="euler", schedule="linear", scale=4, window=1024
)


@given(size=st.tuples(SIDES, SIDES), factor=st.floats(1.01, 6))
def test_an_enlarger_sees_the_whole_source_and_is_fitted(
    size: tuple[int, int], factor: float, defaults: Defaults
) -> None:
    able = defaults.model_copy(update={"enlarger": ENLARGER})
    plan = Upscale(factor=factor).plan(asked(able, size, prompt="a fox --stop 50 --tile --seed 1"))
    (stage,) = plan.stages
    assert (stage.width, stage.height) == (plan.width, plan.height) and plan.wrap == 0 and stage.end == 1
    assert stage.width % 4 == stage.height % 4 == 0
    if factor <= 4:
        assert (stage.width // 4, stage.height // 4) == size, "nothing is scaled before"
    wanted = Frame(left=0, top=0, width=round(size[0] * factor), height=round(size[1] * factor))
    fitted = [] if (wanted.width, wanted.height) == (plan.width, plan.height) else [wanted]
    assert [step.frame for step in plan.post if step.name == "fit"] == fitted
    assert plan.post[-1].name == "near" and plan.post[-1].amount >= 35
    assert kind_of(plan.model_dump(mode="json")) == "upscale"


@given(size=st.tuples(SIDES, SIDES), factor=st.floats(1.01, 4))
def test_the_creative_one_paints_as_without_an_enlarger_but_from_what_it_made(
    size: tuple[int, int], factor: float, defaults: Defaults
) -> None:
    able = defaults.model_copy(update={"enlarger": ENLARGER})
    plain, ours = (
        Upscale(factor=factor, creative=True).plan(asked(own, size, prompt="a fox --seed 1"))
        for own in (defaults, able)
    )
    first, *others = ours.stages
    assert first.name == "enlarger" and tuple(others) == plain.stages and ours.post == plain.post
    exact = 4 * ours.width / factor, 4 * ours.height / factor
    assert abs(first.width - exact[0]) <= 2 and abs(first.height - exact[1]) <= 2


@pytest.mark.parametrize("size", [(9000, 9000), (9000, 10), (10, 9000)])
def test_a_picture_beyond_the_longest_side_is_refused(size: tuple[int, int], defaults: Defaults) -> None:
    with pytest.raises(PlanError, match=f"no side may be longer than {LONGEST_SIDE_PX}"):
        Upscale(factor=2).plan(asked(defaults, size))
    assert Upscale(factor=1.5).plan(asked(defaults, size)).width <= LONGEST_SIDE_PX


# Several


@given(order=st.permutations(range(4)))
def test_a_blend_is_the_same_plan_in_any_order(order: list[int], defaults: Defaults) -> None:
    one = asked(defaults, *[(40, 30)] * 4, prompt="a fox --seed 1")
    two = one._replace(sources=[one.sources[index] for index in order])
    assert Blend().plan(one).hash == Blend().plan(two).hash


def test_a_blend_is_left_to_a_model_that_reads_pictures(defaults: Defaults) -> None:
    """In the order given: such a model may be told of the first and the second one."""
    pair = asked(defaults, (40, 30), (30, 40))
    read_, begun = (
        Blend().plan(pair._replace(accepts=accepts)) for accepts in (frozenset({"reference"}), frozenset())
    )
    assert [item.role for item in read_.inputs] == ["reference"] * 2
    assert {stage.start for stage in read_.stages} == {0}
    assert [item.role for item in begun.inputs] == ["start"] * 2
    assert [stage.start for stage in begun.stages] == [pytest.approx(0.2)] * 2
    turned = pair._replace(accepts=frozenset({"reference"}), sources=pair.sources[::-1])
    assert [item.hash for item in Blend().plan(turned).inputs] == [own.hash for own in turned.sources]
