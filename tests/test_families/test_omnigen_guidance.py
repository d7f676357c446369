"""OmniGen's three roles, and what a plan may ask of it beside words: pictures, parts, a start, a negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from sfumato.engine import NULL, Answer, Commission, NoisePath, asks, board, noise, part
from sfumato.language import read
from sfumato.models.omnigen import claim
from sfumato.models.omnigen.guidance import PICTURES, WordsAndPictures
from sfumato.models.omnigen.sentence import NEGATIVE, pictured, sentence, shown
from sfumato.plan import Input, Plan, draft
from tinies.flights import MOVED, fly, gap
from tinies.omnigen import write_omnigen

PATH = NoisePath("flow", "flow", clock=1.0)
NAMES = tuple(sha256(b"%d" % number).hexdigest() for number in range(3))
GIVEN = {key: noise(i, 0, "picture", 0, (3, 48, 64)).clamp(-1, 1) for i, key in enumerate(NAMES)}
X = noise(1, 0, "x", 0, (4, 2, 2))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    opened = family(tmp_path_factory.mktemp("tiny") / "omnigen").open("cpu", "float32")
    yield opened
    opened.close()


def family(folder: Path) -> Any:
    found = claim((folder if folder.exists() else write_omnigen(folder)[0],))
    assert found
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A plan without inputs; `planned` changes it."""
    (prompt,) = read("a red fox in the snow --ar 3:2 --seed 5")
    return draft(prompt, family(tmp_path_factory.mktemp("plans") / "omnigen").defaults())


def planned(plain: Plan, text: str = "", roles: str = "", negative: str = "", **knobs: Any) -> Plan:
    """roles: r for each reference, s for a start, in the order of the given pictures."""
    named = {"r": "reference", "s": "start"}
    inputs = tuple(Input(role=named[role], hash=key) for role, key in zip(roles, NAMES, strict=False))
    stage = plain.stages[0].model_copy(update={"steps": 4, **knobs})
    (prompt,) = read(text or "a red fox in the snow")
    parts = [{"content": piece.content, "weight": piece.weight} for piece in prompt.parts]
    unwanted = [{"content": word, "weight": -0.5} for word in prompt.parameters.no]
    record = plain.model_dump(by_alias=True) | {"parts": (*parts, *unwanted), "negative": negative}
    return Plan.model_validate(record | {"inputs": inputs, "stages": (stage,)})


def flown(ours: Any, plan: Plan) -> Tensor:
    return fly(ours, [plan], GIVEN).x[0]


def answered(roles: Mapping[str, float]) -> dict[str, Answer]:
    return {role: Answer(torch.full((4, 2, 2), value) + 0.1 * X) for role, value in roles.items()}


# The formula


@given(words=st.floats(0, 8), pictures=st.floats(0, 8))
def test_three_answers_are_joined_as_released(words: float, pictures: float) -> None:
    """On the network's outputs, as diffusers does it; ours joins the clean pictures they stand for."""
    guidance = WordsAndPictures("base", words, pictures, {part(0): 1.0})
    answers = answered({part(0): 3.0, PICTURES: -1.0, NULL: 0.5})
    c, p, u = (-PATH.out(X, answers[role].x0, 0.7) for role in (part(0), PICTURES, NULL))
    wanted = PATH.x0(X, -(u + pictures * (p - u) + words * (c - p)), 0.7)
    asked = {role: answers[role] for role in guidance.roles(0.7)}
    assert float((guidance.join(asked, X, 0.7, PATH).x0 - wanted).abs().max()) < 1e-4


@pytest.mark.parametrize(
    ("words", "pictures", "asked"),
    [
        (2.5, 1.6, {part(0), PICTURES, NULL}),
        (2.5, 2.5, {part(0), NULL}),
        (2.5, 1.0, {part(0), PICTURES}),
        (1.0, 1.0, {part(0)}),
        (0.0, 1.6, {PICTURES, NULL}),
        (0.0, 1.0, {PICTURES}),
        (0.0, 0.0, {NULL}),
    ],
)
def test_what_cancels_is_not_asked(words: float, pictures: float, asked: set[str]) -> None:
    assert set(WordsAndPictures("base", words, pictures, {part(0): 1.0}).roles(0.5)) == asked


def test_outside_its_interval_the_whole_sentence_is_all() -> None:
    guidance = WordsAndPictures("base", 2.5, 1.6, {part(0): 1.0}, interval=(0.2, 0.6))
    assert guidance.roles(0.7) == guidance.roles(0.2) == (part(0),)
    assert len(guidance.roles(0.6)) == 3
    answers = answered({part(0): 3.0})
    assert guidance.join(answers, X, 0.7, PATH).x0 is answers[part(0)].x0


def test_rescaling_brings_the_deviation_back() -> None:
    answers = answered({part(0): 3.0, PICTURES: -1.0, NULL: 0.5}) | {part(0): Answer(3 * X.flip(0))}
    joined = [
        WordsAndPictures("base", 5.0, 3.0, {part(0): 1.0}, rescale=amount).join(answers, X, 0.7, PATH).x0
        for amount in (0.0, 1.0)
    ]
    plain, restored = (float(PATH.out(X, x0, 0.7).std()) for x0 in joined)
    wanted = float(PATH.out(X, answers[part(0)].x0, 0.7).std())
    assert restored == pytest.approx(wanted, rel=1e-4) and plain > 1.5 * wanted


# In a picture


def test_without_pictures_it_is_ordinary_guidance(ours: Any, plain: Plan) -> None:
    plan = planned(plain)
    job = Commission(plan, ours, GIVEN)
    assert set(asks(board(job, 0))) == {part(0), NULL}
    assert torch.equal(flown(ours, plan), flown(ours, planned(plain, image_guidance=9.0)))


@pytest.mark.parametrize("roles", ["r", "rr", "rrr"])
def test_with_pictures_there_are_three_asks_a_step(ours: Any, plain: Plan, roles: str) -> None:
    flight = board(Commission(planned(plain, roles=roles), ours, GIVEN), 0)
    wanted = asks(flight)
    assert set(wanted) == {part(0), PICTURES, NULL}
    shows = {
        role: sum(entry.startswith("picture") for entry in ask.condition.entries)
        for role, ask in wanted.items()
    }
    assert shows == {part(0): len(roles), PICTURES: len(roles), NULL: 0}


def test_an_unnamed_picture_comes_before_the_words(ours: Any, plain: Plan) -> None:
    unnamed, named = planned(plain, roles="r"), planned(plain, "<|image_1|> a red fox in the snow", "r")
    assert torch.equal(flown(ours, unnamed), flown(ours, named))
    after = planned(plain, "a red fox in the snow <|image_1|>", "r")
    assert gap(flown(ours, after), flown(ours, named)) > MOVED


def test_the_order_of_pictures_matters(ours: Any, plain: Plan) -> None:
    plan = planned(plain, roles="rr")
    swapped = plan.model_copy(update={"inputs": plan.inputs[::-1]})
    assert gap(flown(ours, swapped), flown(ours, plan)) > MOVED
    text = "<|image_{}|> beside <|image_{}|>"
    there, back = (planned(plain, text.format(*order), "rr") for order in ((1, 2), (2, 1)))
    assert gap(flown(ours, back), flown(ours, there)) > MOVED


def test_parts_are_sentences_of_their_own(ours: Any, plain: Plan) -> None:
    """Each shows the pictures it names, or all of them; `--no` is such a part of negative weight."""
    plan = planned(plain, "a fox of <|image_2|>::2 the sea --no people", "rr")
    leg = board(Commission(plan, ours, GIVEN), 0).leg
    assert leg and isinstance(leg.panes[0].guidance, WordsAndPictures)
    assert leg.panes[0].guidance.shares == {part(0): 0.8, part(1): 0.4, part(2): -0.2}
    tokens_of = [12, 12]  # 48 x 64 pixels each
    for number, said in enumerate(("a fox of <|image_2|>", "the sea", "people")):
        ids = sentence(shown(said, 2), tokens_of, ours.stages[0].tokenizer).ids
        assert leg.panes[0].conditions[part(number)]["ids"].tolist() == list(ids)
    first, second = (leg.panes[0].conditions[part(number)] for number in (0, 1))
    assert torch.equal(first["picture.0"], second["picture.1"])


def test_what_is_guided_away_from(ours: Any, plain: Plan) -> None:
    """The release's own sentence, or the plan's; it shows no pictures, and their own role says no words."""
    tokenizer = ours.stages[0].tokenizer
    for negative, said in (("", NEGATIVE), ("blurry", "blurry")):
        leg = board(Commission(planned(plain, roles="r", negative=negative), ours, GIVEN), 0).leg
        assert leg
        seen = leg.panes[0].conditions
        assert seen[NULL]["ids"].tolist() == list(sentence(said, [], tokenizer).ids)
        assert seen[PICTURES]["ids"].tolist() == list(sentence(pictured(1), [12], tokenizer).ids)
    assert gap(flown(ours, planned(plain, negative="blurry")), flown(ours, planned(plain))) > MOVED


def test_the_negative_sentence_is_the_released_processor_s() -> None:
    from inspect import signature

    from diffusers.pipelines.omnigen.processor_omnigen import OmniGenMultiModalProcessor

    assert signature(OmniGenMultiModalProcessor.__call__).parameters["negative_prompt"].default == NEGATIVE


def test_a_picture_that_is_not_there_has_no_id(ours: Any) -> None:
    with pytest.raises(ValueError, match=r"names <\|image_2\|>"):
        sentence("as <|image_2|>", [4], ours.stages[0].tokenizer)


def test_what_does_nothing_is_said(plain: Plan, tmp_path: Path) -> None:
    notes = family(tmp_path / "omnigen").notes
    assert notes(planned(plain)) == notes(planned(plain, roles="rs", image_guidance=3.0, start=0.5)) == ()
    useless = (
        ({"augment": 0.5}, "augment"),
        ({"image_guidance": 3.0}, "image_guidance"),
        ({"roles": "s"}, "start"),
    )
    for changes, what in useless:
        (note,) = notes(planned(plain, **changes))
        assert what in note and "no effect" in note


def test_no_words_at_all_leave_the_pictures(ours: Any, plain: Plan) -> None:
    plan = planned(plain, roles="r").model_copy(update={"parts": ()})
    leg = board(Commission(plan, ours, GIVEN), 0).leg
    assert leg and leg.panes[0].conditions[part(0)] == leg.panes[0].conditions[PICTURES]


def test_a_start_is_gone_on_from(ours: Any, plain: Plan) -> None:
    """The later it starts, the nearer the result is to the start's own latent."""
    start = board(Commission(planned(plain, roles="s", start=0.5), ours, GIVEN), 0).leg
    assert start
    clean = start.stage.begin(start.setting)
    assert clean is not None and clean.shape == (4, plain.height // 8, plain.width // 8)
    far, near = (flown(ours, planned(plain, roles="sr", start=part_)) for part_ in (0.25, 0.75))
    assert float((near - clean).abs().mean()) < 0.7 * float((far - clean).abs().mean())


def test_a_perfect_velocity_reaches_the_picture_in_one_step() -> None:
    x0, eps = noise(2, 0, "x0", 0, (4, 2, 2)), noise(3, 0, "eps", 0, (4, 2, 2))
    towards_the_picture = x0 - eps
    assert gap(PATH.move(eps, PATH.x0(eps, -towards_the_picture, 1.0), 1.0, 0.0), x0) < 1e-6
