"""The promises of reading: it never raises, its pieces are the input, every error is told, and time is
linear."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfumato.language import PromptError, caret, job, parse, read
from sfumato.language.remarks import KINDS

ALPHABET = st.one_of(
    st.sampled_from(list('-—–:{},"“”「」\\ \n.。，：－０aAzv7 ar红<>/\x00\ud800\u200b')),
    st.characters(codec=None),
)


@settings(max_examples=300)
@given(st.text(ALPHABET, max_size=60))
def test_never_raises_and_pieces_are_the_input(text: str) -> None:
    reading = parse(text)
    assert reading.text == text
    assert "".join(piece.text for piece in reading.pieces) == text
    assert {piece.kind for piece in reading.pieces} <= set(KINDS)
    assert bool(reading.problems) != bool(reading.prompts)
    for problem in reading.problems:
        assert problem.message.endswith((".", ".)"))
        assert 0 <= problem.start <= problem.end <= len(text)
    json.dumps([job(prompt) for prompt in reading.prompts])
    try:
        assert read(text) == reading.prompts
    except PromptError as error:
        assert error.problems == reading.problems
        assert all(problem.message in str(error) for problem in error.problems)


def test_pieces() -> None:
    reading = parse("/imagine prompt: https://a.com/a.png::2 a {red, blue} fox:: snow --ar 3:2 --tile --foo")
    assert [(piece.text.strip(), piece.kind) for piece in reading.pieces] == [
        ("/imagine prompt:", "flag"),
        ("https://a.com/a.png", "image"),
        ("::2", "weight"),
        ("a", "prose"),
        ("{red, blue}", "brace"),
        ("fox", "prose"),
        ("::", "weight"),
        ("snow", "prose"),
        ("--ar", "flag"),
        ("3:2", "value"),
        ("--tile", "flag"),
        ("--foo", "error"),
    ]


def test_pieces_of_an_image_in_the_middle() -> None:
    reading = parse("a fox --image ./a.png in snow --image ./b.png --no cars, 人")
    assert [(piece.text.strip(), piece.kind) for piece in reading.pieces] == [
        ("a fox", "prose"),
        ("--image", "flag"),
        ("./a.png", "image"),
        ("in snow", "prose"),
        ("--image", "flag"),
        ("./b.png", "image"),
        ("--no", "flag"),
        ("cars, 人", "value"),
    ]


def test_all_errors_are_told() -> None:
    said = "a { fox\x07 --foo --s 2000 --ar wide --seed -1 --v 99 --q"
    assert [(each.type, each.text) for each in parse(said).problems] == [
        ("invalid_character", "\x07"),
        ("unbalanced_braces", "{"),
        ("unrecognized_parameter", "--foo"),
        ("out_of_range", "2000"),
        ("invalid_value", "wide"),
        ("out_of_range", "-1"),
        ("invalid_value", "99"),
        ("missing_value", "--q"),
    ]


@pytest.mark.parametrize(
    "text", ["", "   ", "\n", "/imagine prompt:", "--ar 3:2", "::", "--sref 1", "--edit a.png", '""']
)
def test_empty(text: str) -> None:
    problems = parse(text).problems
    assert [each.type for each in problems] == (["empty_prompt"] if text != '""' else [])


def test_forbidden_characters() -> None:
    problems = parse("a\x00" * 50).problems
    assert len(problems) == 11
    assert "more of them" in problems[-1].message
    assert parse(":: /imagine prompt:").problems[0].type == "empty_prompt"
    (problem,) = parse("caf\udce9").problems
    assert "UTF-8" in problem.message


def test_length() -> None:
    assert not parse("a" * 6000).problems
    assert not parse("/imagine prompt: " + "a" * 6000).problems
    (problem,) = parse("a" * 6001).problems
    assert problem.message.startswith("Prompts must be 6000 or fewer in length.")
    assert problem.start == 6000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a fox --s 2000", "  a fox --s 2000\n            ^^^^"),
        ("狐狸 --s 2000", "  狐狸 --s 2000\n           ^^^^"),
        ("a\nfox --s 2000 --ar 3:2", "  a fox --s 2000 --ar 3:2\n            ^^^^"),
    ],
)
def test_caret(text: str, shown: str) -> None:
    (problem,) = parse(text).problems
    assert caret(text, problem) == shown
    assert str(PromptError(text, (problem,))) == f"{problem.message}\n{shown}"


def test_caret_of_a_long_prompt_stays_on_one_line() -> None:
    text = "word " * 200 + "--s 2000 " + "--tile " * 50
    (problem,) = parse(text).problems
    line, mark = caret(text, problem, "").split("\n")
    assert len(line) < 80
    assert line[len(mark) - 4 : len(mark)] == "2000"
    assert line.startswith("…") and line.endswith("…")


HOSTILE = [
    *'- -- — —— :: ::: " “ 「 { } {a, {a,b} {{a,b} {a} \\ \\{ \\, , . 9 红 ， \x00 \ud800 <http // a='.split(
        " "
    ),
    *(
        "--a ",
        "--seed 1 ",
        "--no a, ",
        "—s ",
        "—s",
        "–v 5 ",
        "--image a.png ",
        "http://a.png ",
        '"a ',
        "a::2 ",
        "::1e9",
    ),
    *(
        "--sref 1:: ",
        "--p x ",
        "-- ar 1:1 ",
        "- - ",
        "-ar 3:2 ",
        "a--s 5 ",
        "--v 7 ",
        "\n",
        "/imagine prompt: ",
        "::nan ",
    ),
    *(
        '"--ar ',
        "--Abc9 ",
        "--s " + "9" * 90,
        "::" + "9" * 90,
        "{a{a",
        "--style random-",
        "--niji ",
        "--w 64 --v 3 ",
    ),
]


def seconds(text: str) -> float:
    begin = time.perf_counter()
    parse(text)
    return time.perf_counter() - begin


def test_hostile_prompts_take_linear_time() -> None:
    """Six thousand characters take at most a few times what six hundred take ten times over."""
    slow = []
    for unit in [*HOSTILE, "{" * 3000 + "}" * 3000, "{a," * 1500 + "}" * 1500]:
        long = (unit * (6000 // len(unit) + 1))[:6000]
        short = long[:600]
        once = min(seconds(long) for _ in range(2))
        tenth = min(seconds(short) for _ in range(3))
        if once > 0.25 and once > 40 * tenth:
            slow.append((unit[:20], once, tenth))
    assert not slow


def test_many_permutations_of_a_long_prompt_end_soon() -> None:
    options = "{" + ",".join("a" * 40) + "} "
    begin = time.perf_counter()
    assert len(parse(options + "--bad " * 900).problems) == 900
    assert len(parse(options + "word " * 1100).prompts) == 40
    assert time.perf_counter() - begin < 20


def test_a_million_characters_are_refused_at_once() -> None:
    begin = time.perf_counter()
    assert parse("--ar {a,b}" * 100_000).problems[0].type == "prompt_too_long"
    assert time.perf_counter() - begin < 1
