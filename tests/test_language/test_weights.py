"""Multi-prompts."""

from __future__ import annotations

import pytest

from sfumato.language import Part, parse, read


def shares(prompt: str) -> list[tuple[str, float]]:
    """Each part and its share of the sum: what Midjourney's documented equalities compare."""
    (made,) = read(prompt)
    parts = [*made.parts, *(Part(each, -0.5) for each in made.parameters.no)]
    total = sum(part.weight for part in parts)
    return [(part.content, pytest.approx(part.weight / total)) for part in parts]


@pytest.mark.parametrize(
    "equal",
    [
        ("space:: ship", "space::1 ship", "space:: ship::1", "space::2 ship::2", "space::100 ship::100"),
        ("cheese::2 cake", "cheese::4 cake::2", "cheese::100 cake::50"),
        ("cheese:: cake:: painting", "cheese::1 cake:: painting::", "cheese::2 cake::2 painting::2"),
        ("tulips:: red::-.5", "tulips::2 red::-1", "tulips::200 red::-100"),
        ("still life gouache painting --no fruit", "still life gouache painting:: fruit::-.5"),
        ("猫：：2 狗", "猫::2狗", "猫 ：：２ 狗", "猫::2, 狗"),
    ],
)
def test_documented_equalities(equal: tuple[str, ...]) -> None:
    first, *others = [shares(prompt) for prompt in equal]
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("hot dog", [("hot dog", 1)]),
        ("hot:: dog", [("hot", 1), ("dog", 1)]),
        ("hot::1.25 dog::.5", [("hot", 1.25), ("dog", 0.5)]),
        ("hot::+2 dog::-.25", [("hot", 2), ("dog", -0.25)]),
        ("hot:: 2 dogs", [("hot", 1), ("2 dogs", 1)]),
        ("a::3d render", [("a", 1), ("3d render", 1)]),
        ("a:: b::0", [("a", 1), ("b", 0)]),
        ("::2 a fox", [("a fox", 1)]),
        ("a fox::2 ::3", [("a fox", 2)]),
        ("a :::: b", [("a", 1), ("b", 1)]),
        ("time: 10:30", [("time: 10:30", 1)]),
        ("时间：下午", [("时间：下午", 1)]),
        ('a "x::2" b::3', [('a "x::2" b', 3)]),
        ("a  fox::2   two  blanks", [("a  fox", 2), ("two  blanks", 1)]),
        ("one\ntwo::2 three", [("one\ntwo", 2), ("three", 1)]),
        ("a::-0 b", [("a", 0), ("b", 1)]),
        (", a fox", [("a fox", 1)]),
    ],
)
def test_parts(said: str, parts: list[tuple[str, float]]) -> None:
    (prompt,) = read(said)
    assert [(part.content, part.weight) for part in prompt.parts] == parts
    assert prompt.text == " ".join(content for content, _ in parts)


@pytest.mark.parametrize(
    "said",
    [
        "hot dog animal::-1",
        "a::1 b::-1",
        "a::.1 b::.2 c::-.3",
        "a::0",
        "a::.4 --no b",
        "a:: b::-.5 --no c",
    ],
)
def test_the_sum_must_be_positive(said: str) -> None:
    (problem,) = parse(said).problems
    assert problem.type == "weights_sum"
    assert problem.message.startswith("The sum of all of the prompt weights must be positive.")


def test_no_weighs_a_half_however_long() -> None:
    assert not parse("a fox --no a, b, c, d --no e --no f").problems


@pytest.mark.parametrize(
    ("said", "offending"),
    [
        ("a::1e999", "1e999"),
        ("a::nan b", "nan"),
        ("a::-inf", "-inf"),
        ("a::99999999 b", "99999999"),
        (f"a::{'9' * 5000}", "9" * 5000),
        ("https://a.com/a.png::123456 b", "::123456"),
    ],
)
def test_no_weight(said: str, offending: str) -> None:
    assert (offending, "invalid_weight") in [(each.text, each.type) for each in parse(said).problems]


def test_notes() -> None:
    assert any("left out" in note for note in parse("::2 a fox").notes)
    assert any("write `::2 `" in note for note in parse("a::2cake").notes)
    assert any("is read as `::`" in note for note in parse("a::: b").notes)
    assert any("whole numbers" in note for note in parse("a::1.5 b --v 3").notes)
    assert any("disagree" in note for note in parse("a:: b --v 7").notes)
