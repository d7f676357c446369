"""Every command as it is declared: its help, its colours, its exit code, its completion in a shell."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sfumato.faces.cli.app import COMMANDS, EDITS, app
from tinies.command import sfumato

ESCAPE = "\x1b["


def commands(
    group: click.Group, said: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that name it, groups too."""
    for name, own in group.commands.items():
        yield (*said, name), own
        if isinstance(own, click.Group):
            yield from commands(own, (*said, name))


def test_commands_have_the_names_of_their_places() -> None:
    assert {name: app.commands[name].name for name in app.commands} == {name: name for name in app.commands}
    assert list(app.commands) == [*COMMANDS, *EDITS] and len(list(commands(app))) > 50


@pytest.mark.parametrize("said", [said for said, _ in commands(app)], ids=" ".join)
def test_everything_that_can_be_typed_is_explained(said: tuple[str, ...]) -> None:
    own = dict(commands(app))[said]
    assert own.help and own.help.split("\n")[0].endswith("."), "a sentence"
    with own.make_context(" ".join(said), [], resilient_parsing=True) as context:
        mute = [one.name for one in own.get_params(context) if not one.get_help_record(context)[1]]
        assert not mute and own.get_help(context).startswith("Usage: ")


def test_lists_of_commands_say_whole_sentences() -> None:
    for said in ((), ("gallery",), ("models",)):
        done = sfumato(*said, "--help")
        assert done.returncode == 0 and "..." not in done.stdout.replace("[ARGS]...", ""), done.stdout
    assert "Edits of a picture:" in sfumato("--help").stdout


@pytest.mark.parametrize(
    ("wish", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_helps_are_in_colour_where_it_shows(wish: dict[str, str], coloured: bool) -> None:
    assert (ESCAPE in sfumato("vary", "--help", **wish).stdout) is coloured


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("imagin", "x"), "Did you mean 'imagine'?"),
        (("imagine", "x", "--modl", "y"), "Did you mean '--model'?"),
        (("imagine",), "Missing argument 'PROMPT'"),
        (("pan", "a.png", "sideways"), "'left', 'right', 'up', 'down'"),
        (("restyle", "a.png", "--strength", "3"), "0<=x<=1"),
        (("gallery",), "Usage: sfumato gallery"),
    ],
)
def test_what_is_not_understood(said: tuple[str, ...], told: str) -> None:
    done = sfumato(*said)
    assert (done.returncode, done.stdout) == (2, "") and told in done.stderr


def test_codes_of_commands_are_those_of_the_process() -> None:
    assert sfumato("policy", "check", "a nude woman", "-p", "strict").returncode == 1
    assert sfumato("policy", "check", "a red fox", "-p", "strict").returncode == 0
    assert sfumato("parse", "a fox --nope").returncode == 2


def test_a_question_that_nobody_answers_is_a_no(tmp_path: Path) -> None:
    own = {"SFUMATO_DATA": str(tmp_path)}
    assert sfumato("people", "add", "ann", **own).returncode == 0
    kept = sfumato("people", "remove", "ann", told="", **own)
    assert kept.returncode == 1 and "Nobody was removed" in kept.stderr
    assert "ann" in sfumato("people", "list", **own).stdout
    assert sfumato("people", "remove", "ann", told="y\n", **own).returncode == 0
    assert "ann" not in sfumato("people", "list", **own).stdout


def in_bash(home: Path, typed: str) -> list[str]:
    """What an interactive bash offers, after its .bashrc, where this is typed and Tab pressed."""
    (home / "bin").mkdir(exist_ok=True)
    program = home / "bin" / "sfumato"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nfrom sfumato.faces.cli import main\nsys.exit(main())\n"
    )
    program.chmod(0o755)
    words = typed.split(" ")
    script = (
        f"COMP_WORDS=({shlex.join(words[:-1])} {words[-1] or repr('')}); COMP_CWORD={len(words) - 1}\n"
        "$(complete -p sfumato | sed 's/.*-F \\([^ ]*\\) .*/\\1/') sfumato\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--rcfile", str(home / ".bashrc"), "-i", "-c", f". {home}/.bashrc\n{script}"],
        env={**os.environ, "HOME": str(home), "PATH": f"{home}/bin:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_bash_completes_after_it_was_installed(tmp_path: Path) -> None:
    own = {"HOME": str(tmp_path), "SHELL": "/bin/bash", "SFUMATO_SETTINGS": str(tmp_path / "settings.toml")}
    (tmp_path / ".bashrc").write_text("# mine")
    for _ in range(2):
        assert sfumato("--install-completion", **own).returncode == 0
    lines = (tmp_path / ".bashrc").read_text().splitlines()
    assert lines[0] == "# mine" and len(lines) == 2
    assert in_bash(tmp_path, "sfumato im") == ["imagine", "import"]
    assert in_bash(tmp_path, "sfumato pan a.png ") == ["left", "right", "up", "down"]
    assert "--stars" in in_bash(tmp_path, "sfumato gallery rate --")


def test_other_shells(tmp_path: Path) -> None:
    for shell, mark in (("zsh", "#compdef sfumato"), ("fish", "complete --no-files --command sfumato")):
        done = sfumato("--show-completion", SHELL=f"/usr/bin/{shell}")
        assert done.returncode == 0 and mark in done.stdout
    fish = sfumato("--install-completion", SHELL="/bin/fish", HOME=str(tmp_path))
    assert fish.returncode == 0 and (tmp_path / ".config/fish/completions/sfumato.fish").exists()
    none = sfumato("--show-completion", SHELL="/bin/dash")
    assert none.returncode == 2 and "bash, zsh and fish" in none.stderr
