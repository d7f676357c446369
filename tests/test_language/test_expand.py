"""Permutations, against a short recursive expansion written for these tests alone."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfumato.language import parse, read
from sfumato.language.expand import expand
from sfumato.language.fold import fold

WORDS = st.sampled_from(["a", "bc", "红", "-1", "x y"])
TREES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda items: ("group", items)),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: ("row", items)),
    ),
    max_leaves=12,
)


def written(tree: object) -> str:
    if isinstance(tree, str):
        return tree
    kind, items = tree  # type: ignore[misc]
    texts = [written(item) for item in items]
    return "{" + ", ".join(texts) + "}" if kind == "group" else "|".join(texts)


def readings(tree: object) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    kind, items = tree  # type: ignore[misc]
    each = [readings(item) for item in items]
    if kind == "group":
        return [text for option in each for text in option]
    return ["|".join(choice) for choice in itertools.product(*each)]


@settings(max_examples=60)
@given(TREES)
def test_against_recursion(tree: object) -> None:
    text, expected = written(tree), readings(tree)
    expansion = expand(text, fold(text), 0, 40)
    assert expansion.count == len(expected)
    got = [source.raw for source in expansion.sources]
    assert got == (expected if len(expected) <= 40 else got[:1])
    assert got[0] == expected[0]


@settings(max_examples=60)
@given(TREES)
def test_every_character_knows_where_it_stood(tree: object) -> None:
    text = written(tree)
    for source in expand(text, fold(text), 0, 40).sources:
        assert all(text[source.origin(place)] == letter for place, letter in enumerate(source.raw))


def texts(prompt: str) -> list[str]:
    return [str(each) for each in read(prompt)]


def test_leftmost_is_slowest() -> None:
    assert texts("a {red, blue} {fox, owl}") == ["a red fox", "a red owl", "a blue fox", "a blue owl"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("a fox --ar {3:2, 1:1}", ["a fox --ar 3:2", "a fox --ar 1:1"]),
        ("a fox --{v 5, niji, test}", ["a fox --v 5", "a fox --niji 7", "a fox --test"]),
        (
            "a fox {--niji 5 --style expressive, --niji 5}",
            ["a fox --style expressive --niji 5", "a fox --niji 5"],
        ),
        ("fox:: horns::{-0.1,-0.3}", ["fox:: horns::-0.1", "fox:: horns::-0.3"]),
        ("a fox --s {40,100}", ["a fox --stylize 40", "a fox --stylize 100"]),
        ("a fox {, red} here", ["a fox here", "a fox red here"]),
        ("a {, red} fox", ["a fox", "a red fox"]),
        (r"{red, pastel \, yellow} bird", ["red bird", "pastel, yellow bird"]),
        ("{a, {b, c}} d", ["a d", "b d", "c d"]),
        ("a {  red  ,  blue  } fox", ["a red fox", "a blue fox"]),
        (
            "{https://a.com/a.png, https://a.com/b.png} fox",
            ["https://a.com/a.png fox", "https://a.com/b.png fox"],
        ),
        ("一只｛红，蓝｝狐狸", ["一只红狐狸", "一只蓝狐狸"]),
        (r"a \{red\} fox", [r"a \{red\} fox"]),
        (r"a \\{x,y}", ["a \\x", "a \\y"]),
        (r"a \\\{x", [r"a \\\{x"]),
        ("a {red} fox", ["a red fox"]),
        ("a {} fox", ["a fox"]),
        ("a, b, c", ["a, b, c"]),
        ('a "{hello, bye}"', ['a "hello"', 'a "bye"']),
        ("{a,a} fox", ["a fox", "a fox"]),
        ("{a{b,c} d , e} f", ["ab d f", "ac d f", "e f"]),
        (r"{a \{ , b} f", [r"a \{ f", "b f"]),
    ],
)
def test_documented_forms(said: str, expected: list[str]) -> None:
    assert texts(said) == expected


def test_escapes_are_the_characters_themselves() -> None:
    assert read(r"a \{red\} fox")[0].text == "a {red} fox"
    assert read("a \\\\\\{x")[0].text == "a \\{x"


@pytest.mark.parametrize(
    ("said", "brace"), [("a {red fox", "{"), ("a red} fox", "}"), ("a ｛b", "｛"), ("{{a}", "{")]
)
def test_unbalanced(said: str, brace: str) -> None:
    (problem,) = parse(said).problems
    assert (problem.type, problem.text) == ("unbalanced_braces", brace)
    assert "\\" in problem.message


@pytest.mark.parametrize(
    ("said", "jobs"),
    [
        ("{a,b}" * 40, "1,099,511,627,776"),
        ("{a,b}" * 1000, "more than a trillion"),
        ("{a,{b,c}}" * 5, "243"),
        ("{" + ",".join("abcdefg" * 6) + "}", "42"),
        ("{a,b,c} fox --repeat 20", "60"),
        ("a fox --repeat {20,30}", "50"),
    ],
)
def test_bombs(said: str, jobs: str) -> None:
    problems = [each for each in parse(said).problems if each.type == "too_many_jobs"]
    assert len(problems) == 1
    assert f"makes {jobs} jobs; at most 40" in problems[0].message or jobs == "1,099,511,627,776"
    assert parse(said).prompts == ()


def test_the_limit_is_the_callers() -> None:
    assert len(read("{a,b,c,d} fox", limit=4)) == 4
    assert parse("{a,b,c,d,e} fox", limit=4).problems
    assert parse("a fox --repeat 5", limit=4).problems


def test_errors_of_every_permutation_are_told_once() -> None:
    problems = parse("a fox --s {100, 2000, 3000} --foo").problems
    assert [each.text for each in problems] == ["--foo", "2000", "3000"]


def test_a_bomb_does_not_hide_other_errors() -> None:
    types = {each.type for each in parse("{a,b}" * 10 + " --foo").problems}
    assert types == {"too_many_jobs", "unrecognized_parameter"}
