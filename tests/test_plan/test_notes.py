"""Nothing that is said is silently ignored: what changes no pixel yet is named before anything runs."""

from __future__ import annotations

import pytest

from sfumato.language import read
from sfumato.plan import Defaults, notes


def noted(text: str, defaults: Defaults) -> tuple[str, ...]:
    (prompt,) = read(text)
    return notes(prompt, defaults)


@pytest.mark.parametrize(
    "text",
    [
        "a fox",
        "a fox --q 2",
        "a fox --seed 1",
        "a fox --ar 3:2",
        "a:: b::2",
        "a fox --no hat",
        "a fox --stop 50",
        "a floral pattern --tile",
    ],
)
def test_what_is_honoured_gets_no_note(text: str, defaults: Defaults) -> None:
    assert noted(text, defaults) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("abstract shapes --chaos 80", "--chaos"),
        ("a portrait --s 1000", "--stylize"),
        ("a city --upbeta", "--upbeta"),
        ("a fox --turbo", "--turbo"),
        ("a fox --sref 12", "--sref"),
    ],
)
def test_what_is_not_honoured_yet_is_named_once(text: str, name: str, defaults: Defaults) -> None:
    (note,) = noted(text, defaults)
    assert f"`{name}`" in note
    assert "numbers" in note


def test_every_unheard_parameter_gets_its_sentence(defaults: Defaults) -> None:
    said = noted("a fox --chaos 8 --q 2 --weird 9 --exp 5 --seed 4 --relax", defaults)
    assert len(said) == 4
    for name in ("chaos", "weird", "exp", "relax"):
        assert sum(f"--{name}`" in note for note in said) == 1, name
