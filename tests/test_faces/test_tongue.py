"""Commands speak Chinese to whoever reads it: every help, and what goes wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sfumato.faces.cli.app import app
from sfumato.faces.cli.tongue import NOT_FIRST, PLACES, helped, lines, reads_chinese, said
from tinies.command import sfumato

TEXTS = st.text(st.sampled_from("一二三，。 ab-/"), min_size=1, max_size=80).filter(str.strip)


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in PLACES:
        monkeypatch.delenv(place, raising=False)


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


def commands(one: click.Command, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and what is typed for it."""
    yield before, one
    for name in one.commands if isinstance(one, click.Group) else ():
        yield from commands(one.commands[name], *before, name)


def helps(one: click.Command) -> Iterator[str]:
    yield from (own for own in (one.help, one.get_short_help_str(limit=200)) if own)
    yield from (own for parameter in one.params if (own := getattr(parameter, "help", None)))


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(own) in "WF" else 1 for own in text)


@pytest.mark.parametrize(
    ("place", "said", "reads"),
    [
        ("LANG", "zh_CN.UTF-8", True),
        ("LANG", "en_US.UTF-8", False),
        ("LC_ALL", "zh_TW", True),
        ("SFUMATO_LANGUAGE", "zh", True),
    ],
)
def test_the_environment_says_which(
    place: str, said: str, reads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not reads_chinese()
    monkeypatch.setenv(place, said)
    assert reads_chinese() == reads


def test_the_first_that_says_anything_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("SFUMATO_LANGUAGE", "en")
    assert not reads_chinese()


@pytest.mark.usefixtures("chinese")
def test_every_help_is_there_in_chinese() -> None:
    missing = {own for _, one in commands(app) for own in helps(one) if helped(own) == own}
    missing.discard("postgresql+psycopg://user@host/name")
    assert not missing, "\n".join(missing)


@pytest.mark.usefixtures("chinese")
def test_a_help_fits_its_terminal() -> None:
    for typed, _ in commands(app):
        shown = CliRunner().invoke(app, [*typed, "--help"], terminal_width=80)
        assert shown.exit_code == 0 and "显示这段说明后退出。" in shown.output, typed
        wide = [line for line in shown.output.splitlines() if width(line) > 80 and "用法" not in line]
        assert not wide, (typed, wide)


def test_in_english_nothing_is_changed() -> None:
    shown = CliRunner().invoke(app, ["zoom", "--help"]).output
    assert "how much smaller the picture becomes  [default: 2.0;" in shown
    assert said("There is no picture a.png.") == "There is no picture a.png."


@given(text=TEXTS, columns=st.integers(2, 40))
def test_lines_say_all_and_are_no_wider(text: str, columns: int) -> None:
    found = list(lines(text, columns))
    assert "".join("".join(found).split()) == "".join(text.split())
    ends = 2 * sum(own in NOT_FIRST for own in text)  # these may follow one another
    assert all(width(own) <= max(columns, *map(width, text.split())) + ends for own in found)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("zoom", "absent.png"), "没有图片 absent.png。"),
        (("models", "show", "nobody"), "没有模型 'nobody'：请从"),
        (("imagine", "a fox --size 3"), "无法识别的参数：`--size`。"),
    ],
)
def test_what_goes_wrong_is_said_in_chinese(typed: tuple[str, ...], told: str) -> None:
    done = sfumato(*typed, LC_ALL="zh_CN.UTF-8")
    assert done.returncode == 2 and told in done.stderr
    assert told not in sfumato(*typed, LC_ALL="C.UTF-8").stderr


def test_where_in_the_prompt_stays_below_it() -> None:
    shown = sfumato("imagine", "a fox --size 3", LC_ALL="zh_CN.UTF-8").stderr.splitlines()
    assert shown[-2].index("--size") == shown[-1].index("^")
