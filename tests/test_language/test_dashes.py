"""Which dashes begin a parameter, and what follows one."""

from __future__ import annotations

import pytest

from sfumato.language import parse, read


def text_and_aspect(prompt: str) -> tuple[str, tuple[int, int] | None]:
    (made,) = read(prompt)
    return made.text, made.parameters.aspect


@pytest.mark.parametrize(
    "said",
    [
        "poppies --ar 2:3",
        "poppies —ar 2:3",
        "poppies ——ar 2:3",
        "poppies ––ar 2:3",
        "poppies—ar 2:3",
        "poppies--ar 2:3",
        "poppies ---ar 2:3",
        "poppies －－ar 2:3",
        "poppies －－ａｒ　２：３",
        "poppies －－AR 2：3",
        "poppies −−ar 2:3",
        "poppies\n--ar 2:3",
        "poppies\u3000--ar 2:3",
        "poppies\u200b--ar\u00a02:3",
        "poppies --Ar 2:3.",
        "poppies --aspect 2:3,",
        "poppies --ar 2:3 .",
        "poppies --ar 2:3 --",
    ],
)
def test_a_parameter_in_many_hands(said: str) -> None:
    assert text_and_aspect(said) == ("poppies", (2, 3))


@pytest.mark.parametrize(
    "text",
    [
        "liquid--pink, yellow, green, and blue--running",
        "a well-lit, black-and-white room",
        "a man—old, grey, and weird—sits on a bench",
        "a quiet street—no cars, no people",
        "rock--no roll",
        "the test—stop motion—of time",
        "a fox -- and an owl",
        "a fox --",
        "-- a fox",
        "--- a fox ---",
        "a fox --- an owl",
        "wait — what — now",
        "pages 3–5 –and more",
        "word --7 word",
        "- a list\n- of things",
        "狐狸——雪地里",
        "-5 degrees",
    ],
)
def test_text(text: str) -> None:
    assert text_and_aspect(text) == (text, None)
    assert text_and_aspect(f"{text} --ar 9:16") == (text, (9, 16))


def test_glued_to_what_came_before() -> None:
    (prompt,) = read("fox ::7—ar 16:9")
    assert (prompt.parts[0].weight, prompt.parameters.aspect) == (7, (16, 9))
    (prompt,) = read("a fox --ar 3:2--v 7")
    assert (prompt.parameters.aspect, prompt.parameters.version) == ((3, 2), "7")
    (prompt,) = read("一只狐狸，--no 汽车，人")
    assert (prompt.text, prompt.parameters.no) == ("一只狐狸，", ("汽车", "人"))


@pytest.mark.parametrize(
    "said", ["a fox --tile--raw", "a fox--tile --raw", "a fox —tile—raw.", "a fox --tile. --raw!"]
)
def test_flags_glued_or_dotted(said: str) -> None:
    parameters = read(said)[0].parameters
    assert parameters.tile and parameters.raw


@pytest.mark.parametrize(
    ("said", "offending", "words"),
    [
        ("a fox --foo", "--foo", "Unrecognized parameter(s): `--foo`."),
        ("a fox --aspct 3:2", "--aspct", "Did you mean `--aspect`?"),
        ("a fox --negative cars", "--negative", "Did you mean `--no`?"),
        ("a fox --v7", "--v7", "`--v 7`"),
        ("a fox --ar16:9", "--ar16:9", "`--ar 16:9`"),
        ("a fox --ar=16:9", "--ar=16:9", "`--ar 16:9`"),
        ("a fox --no汽车", "--no汽车", "`--no 汽车`"),
        ("a fox --no-cars", "--no-cars", "`--no cars`"),
        ("a fox –v 5", "–v 5", "Unrecognized parameter(s): `–v`, `5`."),
        ("a fox --ar 3:2 –v 5", "–v 5", "`--v 5`"),
        ("a fox --ar 3:2 -v 5", "-v 5", "`--v`"),
        ("a fox -- ar 3:2", "-- ar", "`--ar`"),
        ("a fox - - ar 3:2", "- - ar", "`--ar`"),
        ("a fox - -ar 3:2", "- -ar", "`--ar`"),
        ("a fox - --image ./a.png - ar 3:2 ", "a fox - --image ./a.png - ar 3:2", "`--ar`"),
        ("a fox --雪", "--雪", "Unrecognized parameter(s): `--雪`."),
        ("robot --v 7 abc --chaos 20", "abc", "Unrecognized parameter(s): `abc`."),
        ("robot --tile yes", "yes", "Unrecognized parameter(s): `yes`."),
        ("--ar 3:2 a fox", "a fox", "`a`, `fox`"),
        ("a fox --ar", "--ar", "needs a value"),
        ("a fox —ar wide", "wide", "`--ar 16:9`"),
    ],
)
def test_what_is_no_parameter(said: str, offending: str, words: str) -> None:
    (problem,) = parse(said).problems
    assert problem.text == offending
    assert words in problem.message
    assert said[problem.start : problem.end] == offending


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [
        ("a fox—cref https://a.com/x.png", "cref", ("https://a.com/x.png",)),
        ("a fox—oref <https://s.mj.run/x>", "oref", "https://s.mj.run/x"),
        ("a fox—style raw", "style", "raw"),
        ("a fox—niji", "niji", "7"),
        ("a fox—niji 6.", "niji", "6"),
        ("a fox—motion high", "motion", "high"),
        ("a fox—end loop", "end", "loop"),
        ("a fox—video", "video", True),
        ("a fox—q .5", "quality", 0.5),
    ],
)
def test_an_em_dash_before_what_can_only_be_a_value(said: str, key: str, value: object) -> None:
    (prompt,) = read(said)
    assert (prompt.text, getattr(prompt.parameters, key)) == ("a fox", value)


def test_one_hyphen_is_text_with_a_note() -> None:
    reading = parse("a fox -ar 3:2")
    assert reading.prompts[0].text == "a fox -ar 3:2"
    assert "`-ar` has one hyphen and is read as words; as a parameter, write `--ar`." in reading.notes
    assert not parse("a fox -ar is no ratio").notes


def test_every_word_behind_a_parameter_is_named_but_not_without_end() -> None:
    (problem,) = parse("a fox --v 7 " + "word " * 20).problems
    assert problem.message.count("`word`") == 8
    assert "and 12 more words" in problem.message


def test_suggestions_end_but_errors_do_not() -> None:
    reading = parse("a fox " + " ".join(f"--strylize{i}x" for i in range(60)))
    assert len(reading.problems) == 60
    assert reading.problems[0].message != reading.problems[-1].message.replace("59", "0")
