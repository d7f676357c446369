"""What edits do to pictures, by witnesses: each place alone decides its picture, so much is exact."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sfumato.engine import SAMPLERS, Batcher, Straight, fitted, run
from sfumato.models.gauss import cascade
from sfumato.models.gauss.model import tokens
from sfumato.plan import Blend, Frame, Pan, Region, Restyle, Upscale, Vary, Zoom
from test_engine.begun import FLOW, Begun, beginning, defaults_of, digest, drawn, edited, reading, reads

PHOTO = {digest(name): drawn(name) for name in ("photo", "other", "third")}
SEEDS = st.integers(0, 999)


def gap(pictures, source: torch.Tensor) -> float:
    return float(torch.stack([(picture - source).abs().mean() for picture in pictures]).mean())


def same(ones, others) -> bool:
    return all(torch.equal(one, other) for one, other in zip(ones, others, strict=True))


def mask_of(seed: int, side: int = 8) -> torch.Tensor:
    """A mask as a picture, (3, side, side), white in scattered places."""
    generator = torch.Generator().manual_seed(seed)
    white = torch.rand(1, side, side, generator=generator) < seed / 999
    return torch.where(white, 1.0, -1.0).expand(3, side, side)


# From a picture


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
def test_strength_0_is_the_picture_and_asks_nothing(sampler: str, last, watched) -> None:
    model = watched(beginning())
    plan = edited(Restyle(strength=0), "photo", defaults=defaults_of("base", sampler=sampler))
    progress = last(plan, model, given=PHOTO)
    assert same(progress.finished, [PHOTO[digest("photo")]] * 2)
    assert model.calls == [] and (progress.done, progress.total) == (0, 0)


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
def test_strength_1_takes_nothing_from_the_picture(sampler: str, last) -> None:
    plan = edited(Restyle(strength=1), "photo", defaults=defaults_of("base", sampler=sampler))
    alone = last(reading(plan), beginning()).finished
    assert same(last(plan, beginning(), given=PHOTO).finished, alone)


@pytest.mark.parametrize("sampler", ["euler", "heun", "dpm++2m", "euler-ancestral"])
def test_the_stronger_the_farther(sampler: str, last) -> None:
    source = PHOTO[digest("photo")]
    defaults = defaults_of("base", sampler=sampler, steps=20)
    gaps = [
        gap(
            last(
                edited(Restyle(strength=tenth / 10), "photo", defaults=defaults), beginning(), given=PHOTO
            ).finished,
            source,
        )
        for tenth in range(0, 11, 2)
    ]
    assert gaps == sorted(set(gaps)) and gaps[0] == 0


def test_subtle_is_nearer_than_strong(last) -> None:
    source = PHOTO[digest("photo")]
    for seed in range(5):
        subtle, strong = (
            last(
                edited(Vary(strong=strong), "photo", prompt=f"fox --seed {seed}"), beginning(), given=PHOTO
            ).finished
            for strong in (False, True)
        )
        assert 0 < gap(subtle, source) < gap(strong, source)


def test_a_remix_moves_by_the_other_words(last) -> None:
    """The best picture of other words lies the same way off everywhere, between no way and the whole one."""
    fox, hen = (
        last(edited(Vary(strong=True), "photo", prompt=f"{text} --seed 3"), beginning(), given=PHOTO).finished
        for text in ("fox", "hen")
    )
    way = (tokens("hen") - tokens("fox")).mean(dim=0)[:, None, None]
    for one, two in zip(fox, hen, strict=True):
        moved = two - one
        assert float(moved.std(dim=(1, 2)).max()) < 1e-5
        share = float((moved.mean(dim=(1, 2)) @ way.flatten()) / (way**2).sum())
        assert 0.2 < share < 1


# Masks


@settings(max_examples=25)
@given(seed=SEEDS, change=SEEDS, sampler=st.sampled_from(sorted(SAMPLERS)))
def test_a_region_follows_its_prompt_and_the_rest_is_kept(seed: int, change: int, sampler: str, last) -> None:
    """In the mask it is, bit for bit, what the prompt alone would have painted there; elsewhere the picture.

    And what lies under the mask is not seen: with anything else there every bit is the same.
    """
    mask, source = mask_of(seed), PHOTO[digest("photo")]
    plan = edited(Region(), "photo", "mask", defaults=defaults_of("base", sampler=sampler, guidance=2.0))
    ours = last(plan, beginning(), given={**PHOTO, digest("mask"): mask}).finished
    alone = last(reading(plan, post=()), beginning()).finished
    for picture, painted in zip(ours, alone, strict=True):
        assert torch.equal(picture, torch.where(mask > 0, painted, source))
    hidden = torch.where(mask > 0, drawn(f"hidden {change}"), source)
    again = last(plan, beginning(), given={digest("photo"): hidden, digest("mask"): mask}).finished
    assert same(ours, again)


def begun_cascade():
    model = cascade(FLOW)
    return replace(model, stages=tuple(Begun(stage) for stage in model.stages))


@settings(max_examples=25)
@given(seed=SEEDS, change=SEEDS)
def test_a_mask_does_not_leak_through_a_smaller_stage(seed: int, change: int, last) -> None:
    """Made smaller, a picture smears what is under the mask over what is beside it, unless it is hidden."""
    mask, source = mask_of(seed, 16), drawn("photo", 16, 16)
    plan = edited(Region(), "photo", "mask", defaults=defaults_of("small", "large"), size=(16, 16))
    given_ = {digest("photo"): source, digest("mask"): mask}
    ours = last(plan, begun_cascade(), given=given_)
    for picture in ours.finished:
        assert torch.equal(torch.where(mask > 0, source, picture), source)
    hidden = torch.where(mask > 0, drawn(f"hidden {change}", 16, 16), source)
    again = last(plan, begun_cascade(), given={**given_, digest("photo"): hidden})
    assert same(ours.finished, again.finished)
    assert same(*([state.results["small"] for state in progress.states] for progress in (ours, again)))


def test_a_smaller_stage_keeps_the_picture_made_smaller(last) -> None:
    """Where the mask is far away that is the same as of the whole picture."""
    mask, source = torch.full((3, 16, 16), -1.0), drawn("photo", 16, 16)
    mask[:, :2, :2] = 1
    plan = edited(Region(), "photo", "mask", defaults=defaults_of("small", "large"), size=(16, 16))
    progress = last(plan, begun_cascade(), given={digest("photo"): source, digest("mask"): mask})
    for state in progress.states:
        assert torch.equal(state.results["small"][:, 5:, 5:], fitted(source, 8, 8)[:, 5:, 5:])


@pytest.mark.parametrize("value", [-1.0, 1.0], ids=["nothing", "everything"])
def test_a_mask_of_nothing_or_everything(value: float, last) -> None:
    plan, mask = edited(Region(), "photo", "mask"), torch.full((3, 5, 5), value)
    ours = last(plan, beginning(), given={**PHOTO, digest("mask"): mask}).finished
    alone = last(reading(plan, post=()), beginning()).finished
    assert same(ours, alone if value > 0 else [PHOTO[digest("photo")]] * 2)


# More around a picture


@pytest.mark.parametrize(
    "edit",
    [
        Zoom(factor=1.5),
        Zoom(factor=2),
        Zoom(factor=2.7),
        *(Pan(to=to) for to in ("left", "right", "up", "down")),
    ],
    ids=str,
)
def test_what_lies_around_is_what_the_prompt_alone_paints_there(edit, last) -> None:
    plan = edited(edit, "photo")
    frame = plan.inputs[0].frame
    assert frame is not None
    known = torch.zeros(1, 8, 8)
    known[
        :,
        max(0, frame.top) : max(0, frame.top + frame.height),
        max(0, frame.left) : max(0, frame.left + frame.width),
    ] = 1
    assert 0 < float(known.mean()) < 1
    ours = last(plan, beginning(), given=PHOTO).finished
    alone = last(reading(plan, post=()), beginning()).finished
    for picture, painted in zip(ours, alone, strict=True):
        assert torch.equal(picture[:, known[0] == 0], painted[:, known[0] == 0])
        assert not torch.equal(picture, painted)
    own = fitted(PHOTO[digest("photo")], frame.width, frame.height)
    top, left = max(0, -frame.top), max(0, -frame.left)
    shown = own[:, top : 8 - frame.top, left : 8 - frame.left].reshape(3, -1)
    for picture in ours:
        assert torch.equal(picture[:, known[0] == 1], shown)


@pytest.mark.parametrize("creative", [False, True], ids=["subtle", "creative"])
@pytest.mark.parametrize("factor", [2.0, 2.6])
def test_a_larger_picture_is_painted_all_over(factor: float, creative: bool, last) -> None:
    """As the picture in its new size is, painted again in one piece: windows and a frame keep nothing."""
    begin = 0.4 if creative else 0.7
    plan = edited(Upscale(factor=factor, creative=creative), "photo")
    side = round(8 * factor)
    assert (plan.width, plan.height) == (side, side) and plan.stages[0].window == 8
    grown = {digest("grown"): fitted(PHOTO[digest("photo")], side, side)}
    whole = plan.stages[0].model_copy(update={"window": 0})
    assert whole.start == pytest.approx(begin)
    alone = reading(plan, reads("start", "grown"), stages=(whole,), post=())
    (ours,) = last(plan, beginning(), given=PHOTO).finished
    torch.testing.assert_close(ours, last(alone, beginning(), given=grown).finished[0], rtol=0, atol=1e-5)
    assert float((ours - grown[digest("grown")]).abs().mean()) > 0.1


def test_the_creative_one_goes_farther(last) -> None:
    subtle, creative = (
        gap(
            last(edited(Upscale(creative=own), "photo"), beginning(), given=PHOTO).finished,
            fitted(PHOTO[digest("photo")], 16, 16),
        )
        for own in (False, True)
    )
    assert 0 < subtle < creative


# Several pictures


@given(order=st.permutations(["photo", "other", "third"]))
def test_the_order_of_a_blend_does_not_matter(order: list[str], last) -> None:
    plans = edited(Blend(), *order), edited(Blend(), "photo", "other", "third")
    assert same(*(last(plan, beginning(), given=PHOTO).finished for plan in plans))


def test_a_blend_of_a_picture_with_itself_is_the_picture_painted_again(last) -> None:
    one = last(edited(Blend(), "photo", "photo"), beginning(), given=PHOTO).finished
    two = last(edited(Restyle(strength=0.8), "photo"), beginning(), given=PHOTO).finished
    assert same(one, two)


def test_a_blend_begins_from_the_weighted_mean(last) -> None:
    """At strength 0 nothing but the mean is left; weights in proportion give the same bits."""
    base = edited(Restyle(strength=0), "photo")
    pairs = [
        [reads("start", name, weight=weight * factor) for name, weight in (("photo", 1), ("other", 3))]
        for factor in (1, 0.3)
    ]
    ours, scaled = (last(reading(base, *pair), beginning(), given=PHOTO).finished for pair in pairs)
    mean = (PHOTO[digest("photo")] + 3 * PHOTO[digest("other")]) / 4
    torch.testing.assert_close(ours[0], mean, rtol=0, atol=1e-6)
    assert same(ours, scaled)


# The whole run


@pytest.mark.parametrize("percent", [10, 25, 40, 55, 90, 99, 100])
@pytest.mark.parametrize("steps", [4, 10, 20])
def test_stop_asks_so_many_percent_of_the_looks(percent: int, steps: int, watched) -> None:
    model = watched(beginning())
    plan = edited(
        Restyle(strength=1),
        "photo",
        prompt=f"fox --seed 1 --stop {percent}",
        defaults=defaults_of("base", steps=steps),
    )
    for _ in run(plan, model, PHOTO, batcher=Batcher(answering=Straight)):
        pass
    times = {ask.t for call in model.calls for ask in call}
    assert len(times) == max(1, int(percent * steps / 100 + 0.5))


def test_a_region_with_a_frame_is_heard_within_it(last) -> None:
    """A white mask on the left half speaks of nothing on the right: its edges do not go on."""
    frame = Frame(left=0, top=0, width=4, height=8)
    plain = edited(Restyle(strength=1), "photo")
    from sfumato.plan import with_region

    white = {**PHOTO, digest("white"): torch.ones(3, 2, 2)}
    plan = with_region(plain, reads("region", "white", frame), "hen")
    ours, base = (last(own, beginning(), given=white).finished[0] for own in (plan, plain))
    torch.testing.assert_close(ours[:, :, 4:], base[:, :, 4:], rtol=0, atol=1e-6)
    assert float((ours - base)[:, :, :4].abs().max()) > 0.1


def test_pictures_that_are_not_given_are_said(last) -> None:
    for edit, names in ((Restyle(), ("photo",)), (Region(), ("photo", "mask")), (Zoom(), ("photo",))):
        with pytest.raises(ValueError, match="which was not given"):
            last(edited(edit, *names), beginning(), given={})
