"""The canonical form: its order, and that it reads back to an equal prompt."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfumato.language import Image, Parameters, Part, Prompt, Reference, parse, read
from sfumato.language.write import ORDER

SEEDS = st.integers(0, 4294967295)
WEIGHTS = st.one_of(st.integers(-9, 100).map(float), st.floats(-99, 99).map(lambda x: round(x, 4) + 0.0))
URLS = st.sampled_from(
    [
        "https://a.com/a.png",
        "http://b.org/x?y={z}",
        "https://s.mj.run/Ab_c",
        "https://a.com/猫.webp",
        "HTTPS://A.B/c",
    ]
)
PATHS = st.sampled_from(["./a.png", "/tmp/b c.jpg", "C:\\x\\y.png", "~/猫/狗.webp", "a.png", "dir/{a}.png"])
WORDS = st.sampled_from(
    'red fox 狐狸 a--b well-lit — 3d 10:30 {x} \\ \\{ "OPEN" “开” 「店」 -ar --- -- 1.5 café :: :'.replace(
        " ::", ""
    ).split()
)
CONTENT = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: " ".join(["a", *words, "z"]))
ITEMS = st.sampled_from(["cars", "red hats", "汽车", "a{b}", "U.S.A", 'a "b" c'])
SEVERAL = {"min_size": 0, "max_size": 3}


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), values)


def some(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(values, **SEVERAL).map(tuple)


REFERENCES = st.builds(
    Reference,
    st.one_of(URLS, PATHS.filter(lambda path: " " not in path), SEEDS.map(str), st.just("random")),
    WEIGHTS,
)
FLAGS = {name: st.booleans() for name in "raw tile draft creative video".split()}
PARAMETERS = st.builds(
    Parameters,
    no=some(ITEMS),
    aspect=maybe(st.tuples(st.integers(1, 400), st.integers(1, 400)).filter(lambda a: max(a) <= 14 * min(a))),
    stylize=maybe(st.integers(0, 1000)),
    chaos=maybe(st.integers(0, 100)),
    weird=maybe(st.integers(0, 3000)),
    quality=maybe(st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0, 4.0])),
    seed=maybe(SEEDS),
    sameseed=maybe(SEEDS),
    stop=maybe(st.integers(10, 100)),
    repeat=maybe(st.integers(1, 40)),
    iw=maybe(st.floats(0, 3).map(lambda x: round(x, 6))),
    sref=some(REFERENCES),
    sw=maybe(st.integers(0, 1000)),
    sv=maybe(st.integers(1, 8)),
    cref=some(URLS),
    cw=maybe(st.integers(0, 100)),
    oref=maybe(URLS),
    ow=maybe(st.integers(1, 1000)),
    edit=some(URLS),
    profile=maybe(some(st.sampled_from(["m123", "pAbc9", "x7-y_z"]))),
    exp=maybe(st.integers(0, 100)),
    style=maybe(st.sampled_from(["raw", "4a", "scenic", "3SkgPl9hw1", "random-32-15"])),
    upscaler=maybe(st.sampled_from(["light", "beta", "anime"])),
    speed=maybe(st.sampled_from(["fast", "relax", "turbo"])),
    visibility=maybe(st.sampled_from(["public", "stealth"])),
    motion=maybe(st.sampled_from(["low", "high"])),
    end=maybe(st.one_of(URLS, st.just("loop"))),
    bs=maybe(st.sampled_from([1, 2, 4])),
    **FLAGS,
)
PROMPTS = st.builds(
    Prompt,
    st.lists(st.builds(Part, CONTENT, WEIGHTS), min_size=1, max_size=3)
    .filter(lambda parts: sum(part.weight for part in parts) > 0.51)
    .map(tuple),
    some(st.builds(Image, st.one_of(URLS, PATHS), maybe(WEIGHTS))),
    PARAMETERS,
)


@settings(max_examples=150)
@given(PROMPTS)
def test_reads_back(prompt: Prompt) -> None:
    assert read(str(prompt)) == (prompt,)


PIECES = st.sampled_from(
    [
        *'-- - — —— :: : ： " “ ” 「 」 { } ， , \\ . 。 a fox 红 / < >'.split(),
        *(" ", "  ", "\n", "\u3000", "\u200b", '"my f.png"', "/imagine prompt:"),
        *"no ar 3:2 16：9 v 7 niji s 100 w h tile raw image http://x.y/a.png <https://s.mj.run/q>".split(),
        *"./b.jpg sref random 123 ::2 ::-.5 p m123 edit end loop seed -1 nan 1e9 q .5 style 4a test".split(),
        *"video 1 lp".split(),
        *(
            " --ar 3:2",
            " --no a, b",
            " --v 7",
            " --image a.png",
            " --sref 1 2::3",
            " --p abc",
            "{a,b}",
            " --w 64",
        ),
    ]
)


@settings(max_examples=400)
@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=14).map("".join))
def test_whatever_can_be_read_reads_back(text: str) -> None:
    for prompt in parse(f"a fox {text}").prompts:
        assert read(str(prompt)) == (prompt,)


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        (
            "a fox --w 5 --s 250 --q 2 --v 7 --sw 20 --sv 4 --style raw --sref 1 2 --exp 5 --ar 3:2 --c 9 "
            "--p p1 p2 --no x",
            "a fox --no x --chaos 9 --ar 3:2 --exp 5 --sref 1 --sref 2 --style raw --sv 4 --sw 20 --v 7 "
            "--quality 2 --stylize 250 --weird 5 --profile p1 --profile p2",
        ),
        ("a  fox \n in snow --AR 3:2", "a  fox \n in snow --ar 3:2"),
        ("space::1 ship::1", "space:: ship"),
        ("space::2 ship::.5", "space::2 ship::0.5"),
        ("a fox --image ./a.png in snow", "--image ./a.png a fox in snow"),
        ("<https://s.mj.run/x>::2 <https://s.mj.run/y> fox", "https://s.mj.run/x::2 https://s.mj.run/y fox"),
        ("a fox --version 7.0", "a fox --v 7"),
        ("a fox --v 6.0", "a fox --v 6"),
        ("time: ::2 b", "time: ::2 b"),
        ("a fox --iw 0.00001", "a fox --iw 0.00001"),
    ],
)
def test_canonical(said: str, canonical: str) -> None:
    assert str(read(said)[0]) == canonical


def test_every_parameter_has_its_place() -> None:
    assert sorted(ORDER) == sorted(each.name for each in fields(Parameters))
