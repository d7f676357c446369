"""The loop: what is asked when, what comes out, and what goes wrong in words."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import pytest
import torch

from sfumato.engine import (
    Answer,
    Batcher,
    BrokenAnswer,
    Commission,
    Condition,
    NoisePath,
    State,
    Straight,
    asks,
    board,
    classifier_free,
    noise,
    run,
    told,
)
from sfumato.models.gauss import Gauss, cascade, words
from sfumato.models.gauss.model import tokens

FLOW = NoisePath("flow", "flow")


def every(plan, model, **options):
    return list(run(plan, model, **{"batcher": Batcher(answering=Straight), **options}))


def test_the_same_plan_gives_the_same_bytes(planned, staged, last) -> None:
    plan = planned(staged(sampler="euler-ancestral", guidance=3.0))
    one, two = (last(plan, words(FLOW)).finished for _ in range(2))
    assert [a.numpy().tobytes() for a in one] == [b.numpy().tobytes() for b in two]


def test_a_picture_does_not_depend_on_its_company(planned, staged, last) -> None:
    """Alone, in fours, in calls of one row: the same bytes; another slice, another picture."""
    plan = planned(staged(guidance=3.0), pictures=4)
    together = last(plan, words(FLOW)).finished
    rows = last(plan, words(FLOW), batcher=Batcher(answering=partial(Straight, 1))).finished
    alone = [last(plan.model_copy(update={"seeds": (seed,)}), words(FLOW)).finished[0] for seed in plan.seeds]
    for one, two, three in zip(together, rows, alone, strict=True):
        assert torch.equal(one, two) and torch.equal(one, three)
    assert len({picture.numpy().tobytes() for picture in together}) == 4


def test_progress_counts_looks(planned, staged) -> None:
    plan = planned(staged("small", steps=3), staged("large", steps=2, sampler="euler", width=16, height=16))
    seen = every(plan, cascade(FLOW))
    assert [progress.done for progress in seen] == [2, 4, 6, 8, 10, 12, 14]
    assert {progress.total for progress in seen} == {14}
    assert [progress.stage for progress in seen] == ["small"] * 4 + ["large"] * 3
    assert [progress.finished is None for progress in seen] == [True] * 6 + [False]


def test_previews_are_decoded_only_when_called(planned, staged) -> None:
    decoded = []

    @dataclass(frozen=True, eq=False)
    class Counting:
        stage: object

        def __getattr__(self, name):
            return getattr(self.stage, name)

        def decode(self, x):
            decoded.append(x)
            return x

    model = words(FLOW)
    model = replace(model, stages=tuple(Counting(stage) for stage in model.stages))
    steps = run(planned(staged(sampler="euler")), model, batcher=Batcher(answering=Straight))
    first = next(steps)
    assert decoded == []
    previews = [preview() for preview in first.previews]
    assert [preview.shape for preview in previews] == [(3, 8, 8)] * 2 and len(decoded) == 2
    *_, final = steps
    assert len(decoded) == 4
    assert all(
        torch.equal(preview(), done) for preview, done in zip(final.previews, final.finished, strict=True)
    )


def test_rows_bound_every_call_and_keys_are_not_mixed(planned, staged, watched) -> None:
    model = watched(words(FLOW))
    parts = (("red fox", 1.0), ("a snowy hill", 1.0))
    every(
        planned(staged(guidance=3.0), parts=parts, pictures=5),
        model,
        batcher=Batcher(answering=partial(Straight, 2)),
    )
    assert {len(call) for call in model.calls} == {1, 2}
    assert all(len({model.key(ask) for ask in call}) == 1 for call in model.calls)
    assert sum(map(len, model.calls)) == 5 * 3 * 15


@pytest.mark.parametrize(
    ("path", "scale"), [(FLOW, 1.0), (NoisePath("edm", "edm"), 80.0), (NoisePath("vp", "eps"), 1.0)]
)
def test_a_picture_begins_in_its_own_noise(path, scale: float, planned, staged, watched) -> None:
    """Of the deviation its network was trained to see first; on a vp path 1, where sigma is 0.9977."""
    model = watched(words(path))
    every(planned(staged(), seed=5, pictures=2), model)
    for index, ask in enumerate(model.calls[0]):
        assert torch.equal(ask.x, scale * noise(5, index, "base/start", 0, (3, 8, 8)))


# Stopping and starting in the middle


@pytest.mark.parametrize(("end", "steps"), [(0.1, 1), (0.25, 3), (0.5, 5), (0.94, 9), (0.96, 10), (1.0, 10)])
@pytest.mark.parametrize("sampler", ["euler", "heun", "dpm++2m"])
def test_a_stage_stops_at_the_percent_asked_for(
    sampler: str, end: float, steps: int, planned, staged, watched
) -> None:
    """The picture is what was believed at the last look of the undisturbed run."""
    knobs = {"steps": 10, "sampler": sampler, "schedule": "linear"}
    whole, model = watched(words(FLOW)), watched(words(FLOW))
    every(planned(staged(**knobs)), whole)
    final = every(planned(staged(**knobs, end=end)), model)[-1]
    looks = len(model.calls)
    assert looks == {"heun": 2 * steps - (steps == 10)}.get(sampler, steps) == final.total / 2
    assert [ask.t for call in model.calls for ask in call] == [
        ask.t for call in whole.calls[:looks] for ask in call
    ]
    believed = [answer.x0 for answer in whole.model.answer(whole.calls[looks - 1])]
    for picture, x0 in zip(final.finished, believed, strict=True):
        torch.testing.assert_close(picture, x0, rtol=0, atol=1e-6)


@dataclass(frozen=True, eq=False)
class Refiner:
    """Another stage of the same kind, for a model whose second stage goes on where the first stopped."""

    stage: object
    name: str = "refiner"

    def __getattr__(self, name):
        return getattr(self.stage, name)

    def guidance(self, setting):
        return replace(self.stage.guidance(setting), network="base")


def with_refiner() -> Gauss:
    model = words(FLOW)
    return replace(model, stages=(*model.stages, Refiner(model.stages[0])))


@pytest.mark.parametrize("sampler", ["euler", "heun"])
def test_a_refiner_goes_on_where_the_base_stopped(sampler: str, planned, staged, last) -> None:
    """With the same network in both, the two together are one undisturbed run."""
    knobs = {"steps": 10, "sampler": sampler, "schedule": "linear"}
    one = last(planned(staged(**knobs)), words(FLOW)).finished
    two = last(planned(staged(**knobs, end=0.6), staged("refiner", **knobs, start=0.6)), with_refiner())
    for whole, halves in zip(one, two.finished, strict=True):
        assert torch.equal(whole, halves)
    assert set(two.states[0].results) == {"base", "base.x", "refiner"}


def test_a_stage_may_begin_from_an_earlier_picture(planned, staged, watched) -> None:
    """The large stage starts at 0.7 from the small picture made larger, with noise of that time."""
    model = watched(cascade(FLOW))
    large = {"steps": 10, "sampler": "euler", "schedule": "linear", "width": 16, "height": 16, "start": 0.7}
    states = every(planned(staged("small"), staged("large", **large), pictures=1), model)[-1].states
    first = next(ask for call in model.calls for ask in call if ask.net == "large")
    assert first.t == pytest.approx(0.3)
    below = states[0].results["small"].repeat_interleave(2, 1).repeat_interleave(2, 2)
    added = noise(7, 0, "large/start", 0, (3, 16, 16))
    torch.testing.assert_close(first.x, 0.7 * below + 0.3 * added, rtol=0, atol=1e-6)


# What goes wrong


@dataclass(frozen=True, eq=False)
class Broken:
    """Answers as the model does, but for one picture at one time."""

    model: Gauss
    spoil: object
    calls: list

    def __getattr__(self, name):
        return getattr(self.model, name)

    def answer(self, asks):
        self.calls.append(None)
        given = self.model.answer(asks)
        return [self.spoil(a) if len(self.calls) == 4 and i == 1 else a for i, a in enumerate(given)]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda answer: Answer(answer.x0 * torch.nan), "not finite"),
        (lambda answer: Answer(answer.x0.index_fill(2, torch.tensor([3]), torch.inf)), "not finite"),
        (lambda answer: Answer(answer.x0, answer.x0 * torch.nan), "variance that is not finite"),
        (lambda answer: Answer(answer.x0.double()), "torch.float64 in place of torch.float32"),
        (lambda answer: Answer(answer.x0[:1]), r"shape \(1, 8, 8\) in place of \(3, 8, 8\)"),
    ],
)
def test_a_broken_answer_names_picture_and_step(spoil, message: str, planned, staged) -> None:
    model = Broken(words(FLOW), spoil, [])
    with pytest.raises(BrokenAnswer, match=message) as caught:
        every(planned(staged(sampler="euler"), pictures=3), model)
    assert (caught.value.picture, caught.value.step) == (1, 3)
    assert "picture 2" in str(caught.value) and "step 4 of stage 'base'" in str(caught.value)


def test_an_answer_may_have_a_sum_that_is_too_large_for_its_numbers(planned, staged) -> None:
    flight = board(Commission(planned(staged(sampler="euler"), pictures=1), words(FLOW)), 0)
    full = {role: Answer(torch.full_like(ask.x, 3e38)) for role, ask in asks(flight).items()}
    assert told(flight, full).state.x.isfinite().all()


@dataclass(frozen=True, eq=False)
class Forgetful:
    stage: object

    def __getattr__(self, name):
        return getattr(self.stage, name)

    def conditions(self, setting) -> Mapping[str, Condition]:
        return {"part.0": self.stage.conditions(setting)["part.0"]}


def test_wrong_uses_are_refused_in_words(planned, staged) -> None:
    model, plan = words(FLOW), planned(staged())
    forgetful = replace(model, stages=(Forgetful(model.stages[0]),))
    state = State(0, torch.zeros(3, 8, 8))
    cases = [
        (planned(staged("upscale")), model, None, "stage 'upscale', but this model has base"),
        (planned(staged().model_copy(update={"sampler": "bogus"})), model, None, "no sampler 'bogus'"),
        (planned(staged().model_copy(update={"schedule": "bogus"})), model, None, "no schedule 'bogus'"),
        (planned(staged(start=0.5)), model, None, "no picture to start"),
        (planned(staged(guidance=2.0)), forgetful, None, "no condition for the role 'null'"),
        (plan, model, [state], "1 states were given for a plan of 2 pictures"),
        (plan, model, [replace(state, stage=3)] * 2, "the plan has 1"),
        (plan, model, [replace(state, step=99)] * 2, "step 99, past the end"),
    ]
    for asked, with_model, states, message in cases:
        with pytest.raises(ValueError, match=message):
            every(asked, with_model, states=states)


def test_nothing_is_kept_for_gradients(planned, staged, last) -> None:
    assert not last(planned(staged()), words(FLOW)).finished[0].requires_grad
    assert torch.is_grad_enabled()


# Shapes and roles of other families


@dataclass(frozen=True, eq=False)
class Embedding:
    """A prior: its x is a vector; what it believes is a tenth of what it sees, within narrow limits."""

    path: NoisePath
    name: str = "prior"

    def shape(self, plan, stage):
        return (12,)

    def limit(self, x0):
        return x0.clamp(1 / 64, 1 / 32)

    def conditions(self, setting):
        return {"part.0": Condition({})}

    def guidance(self, setting):
        return classifier_free(setting, "prior")


@dataclass(frozen=True, eq=False)
class Decoder:
    """Reads the prior's vector in its condition, as a decoder does."""

    stage: object

    def __getattr__(self, name):
        return getattr(self.stage, name)

    def conditions(self, setting):
        vector = setting.results["prior"]
        return {
            role: condition.replace(tokens=vector.reshape(4, 3))
            for role, condition in self.stage.conditions(setting).items()
        }


@dataclass(frozen=True, eq=False)
class WithPrior:
    model: Gauss
    accepts: frozenset[str] = frozenset()

    @property
    def stages(self):
        return (Embedding(FLOW), Decoder(self.model.stages[0]))

    def key(self, ask):
        return ask.net

    def answer(self, asks):
        if asks[0].net == "prior":
            return [Answer(0.1 * ask.x) for ask in asks]
        return self.model.answer(asks)


def test_a_prior_makes_an_embedding_and_has_no_preview(planned, staged) -> None:
    seen = every(planned(staged("prior", steps=4), staged(steps=4)), WithPrior(words(FLOW)))
    assert [progress.previews[0] is None for progress in seen if progress.stage == "prior"] == [True] * 6
    vectors = [state.results["prior"] for state in seen[-1].states]
    assert (
        vectors[0].shape == (12,) and float(vectors[0].min()) >= 1 / 64 and float(vectors[0].max()) <= 1 / 32
    )
    assert seen[-1].finished is not None and seen[-1].finished[0].shape == (3, 8, 8)


@dataclass(frozen=True, eq=False)
class Dual:
    """Three roles, as OmniGen has them: u + a (i - u) + b (c - i)."""

    def roles(self, t):
        return ("text", "picture", "nothing")

    def net(self, role):
        return "base"

    def join(self, answers, x, t, path, kept):
        text, picture, nothing = (answers[role].x0 for role in self.roles(t))
        return Answer(nothing + 1.6 * (picture - nothing) + 2.5 * (text - picture))


@dataclass(frozen=True, eq=False)
class ThreeRoles:
    stage: object

    def __getattr__(self, name):
        return getattr(self.stage, name)

    def conditions(self, setting):
        texts = {"text": "red fox", "picture": "hill", "nothing": "cars at night"}
        return {role: Condition({"tokens": tokens(text)}) for role, text in texts.items()}

    def guidance(self, setting):
        return Dual()


def test_guidance_with_three_roles_of_any_name(planned, staged, last, watched) -> None:
    """The mean of the pictures is the same sum of means."""
    plain = words(FLOW)
    model = watched(replace(plain, stages=(ThreeRoles(plain.stages[0]),)))
    knobs = {"steps": 20, "schedule": "linear"}
    guided = last(planned(staged(**knobs)), model).finished
    c, i, u = (tokens(text).double().mean(dim=0) for text in ("red fox", "hill", "cars at night"))
    mean = u + 1.6 * (i - u) + 2.5 * (c - i)
    alone = last(planned(staged(**knobs), parts=(("red fox", 1.0),)), plain).finished
    for one, two in zip(guided, alone, strict=True):
        difference = (one - two).double() - (mean - c)[:, None, None]
        assert float(difference.abs().max()) < 1e-4
    assert {len(call) for call in model.calls} == {2}


def test_the_demonstration_runs(capsys) -> None:
    runpy.run_module("sfumato.engine", run_name="__main__")
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("flow:", "edm:", "vp:", "heun", "dpm++2m", "noise("))
