"""What counts as an answer: exact cases, and that each question's own truth answers it and others' do not."""

from __future__ import annotations

import pytest

from sfumato.models.judge import Found, Verdict
from sfumato.train.metrics.answers import Score, answered, scores
from sfumato.train.metrics.questions import Question


def found(thing: str, x: float = 0.0, y: float = 0.0, colour: str = "red", **told) -> Found:
    return Found(thing, colour, told.get("view", "front"), told.get("hidden", False), x, y)


def seen(*things: Found, ground: str | None = None, style: str = "plain", text: str = "") -> Verdict:
    return Verdict(things, ground, style, text)


def asked(category: str, *things: str | tuple[str, str], **told) -> Question:
    wanted = tuple((own, None) if isinstance(own, str) else own for own in things)
    return Question(category, "", "", wanted, **told)  # pyright: ignore[reportArgumentType]


FOX, CAT = found("fox", -0.3), found("cat", 0.3, colour="blue")

CASES = [
    (asked("single object", "fox"), seen(FOX), True),
    (asked("single object", "fox"), seen(CAT, FOX), True),
    (asked("single object", "fox"), seen(CAT), False),
    (asked("single object", "fox"), seen(), False),
    (asked("two objects", "fox", "cat"), seen(FOX, CAT), True),
    (asked("two objects", "fox", "cat"), seen(FOX, FOX), False),
    (asked("colours", ("fox", "red")), seen(FOX), True),
    (asked("colours", ("fox", "blue")), seen(FOX, CAT), False),
    (asked("colour binding", ("fox", "red"), ("cat", "blue")), seen(CAT, FOX), True),
    (asked("colour binding", ("fox", "blue"), ("cat", "red")), seen(CAT, FOX), False),
    (asked("counting", "fox", count=2), seen(FOX, FOX), True),
    (asked("counting", "fox", count=2), seen(FOX, FOX, FOX), False),
    (asked("counting", "fox", count=2), seen(FOX, CAT), False),
    (asked("position", "fox", "cat", relation="left of"), seen(FOX, CAT), True),
    (asked("position", "cat", "fox", relation="left of"), seen(FOX, CAT), False),
    (asked("position", "cat", "fox", relation="right of"), seen(FOX, CAT), True),
    (asked("position", "fox", "cat", relation="above"), seen(FOX, CAT), False),
    (
        asked("position", "fox", "cat", relation="above"),
        seen(found("fox", 0, -0.4), found("cat", 0.1, 0.3)),
        True,
    ),
    (
        asked("position", "fox", "cat", relation="below"),
        seen(found("fox", 0, 0.4), found("cat", 0.1, -0.3)),
        True,
    ),
    (asked("position", "fox", "cat", relation="behind"), seen(found("fox", hidden=True), CAT), True),
    (asked("position", "fox", "cat", relation="behind"), seen(FOX, found("cat", hidden=True)), False),
    (asked("position", "fox", "fox", relation="left of"), seen(FOX), False),
    (asked("style", "fox", style="watercolor"), seen(FOX, style="watercolor"), True),
    (asked("style", "fox", style="watercolor"), seen(FOX), False),
    (asked("style", "fox", style="watercolor"), seen(CAT, style="watercolor"), False),
    (asked("scene", ground="forest"), seen(ground="forest"), True),
    (asked("scene", ground="forest"), seen(ground="sea"), False),
    (asked("writing", line="OPEN"), seen(text="open"), True),
    (asked("writing", line="Ice Cream"), seen(text="icecream"), True),
    (asked("writing", line="OPEN"), seen(text="opem"), False),
    (asked("writing", line="你好"), seen(text="你好"), True),
]


@pytest.mark.parametrize("question, verdict, right", CASES)
def test_what_answers_a_question(question: Question, verdict: Verdict, right: bool) -> None:
    assert answered(question, verdict) is right


@pytest.mark.parametrize(
    "views, right",
    [
        (("front", "side", "back"), True),
        (("back", "side", "front"), False),
        (("front", "side"), False),
        (("front", "front", "back"), False),
        (("front", "side", "back", "back"), False),
    ],
)
def test_three_views_stand_in_order(views: tuple[str, ...], right: bool) -> None:
    things = [found("robot", x, view=view) for x, view in zip((-0.6, 0.0, 0.6, 0.9), views, strict=False)]
    assert answered(asked("three views", "robot"), seen(*reversed(things))) is right


def test_a_score_is_one_where_the_model_is_as_good_as_true_renders() -> None:
    assert Score(0.9, 0.9, 0.1).value == 1
    assert Score(0.1, 0.9, 0.1).value == 0
    assert Score(0.5, 0.9, 0.1).value == pytest.approx(0.5)


def test_scores_are_taken_by_category_and_chance_by_pictures_of_other_prompts() -> None:
    names = ("fox", "cat", "owl", "bee")
    questions = [asked("single object", name) for name in names] + [asked("scene", ground="sea")] * 2
    truth = [seen(found(name)) for name in names] + [seen(ground="sea")] * 2
    pictures = [*truth[:3], seen(), seen(ground="sea"), seen()]
    told = scores(questions, pictures, truth)
    assert told == {"single object": Score(0.75, 1.0, 0.0), "scene": Score(0.5, 1.0, 0.5)}
