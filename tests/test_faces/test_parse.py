"""`sfumato parse`, run in this process."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sfumato.faces.cli.parse import parse_command


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(text: str | None = None, stdin: bytes | None = None, as_json: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    source = None if stdin is None else io.BytesIO(stdin)
    code = parse_command(text, as_json, stdin is not None, source=source, out=out)
    return code, out.getvalue()


def test_one_object() -> None:
    code, out = run("狐狸 {a,b} --ar 3:2 --upbeta", as_json=True)
    made = json.loads(out)
    assert code == 0
    assert list(made) == ["input", "jobs", "errors", "notes", "pieces"]
    assert made["input"] == "狐狸 {a,b} --ar 3:2 --upbeta"
    assert [job["text"] for job in made["jobs"]] == ["狐狸 a", "狐狸 b"]
    assert made["jobs"][0]["aspect"] == [3, 2]
    assert made["errors"] == [] and len(made["notes"]) == 1
    assert "".join(piece["text"] for piece in made["pieces"]) == made["input"]
    assert "狐狸" in out and out.count("\n") == 1


def test_errors_and_the_exit_code() -> None:
    code, out = run("a fox --s 2000 --foo", as_json=True)
    assert code == 2
    errors = json.loads(out)["errors"]
    assert [each["text"] for each in errors] == ["2000", "--foo"]
    assert all(sorted(each) == ["message", "text", "type"] for each in errors)


def test_a_line_for_each_line() -> None:
    stdin = "a fox\r\n\n狐狸 --ar 3:2\n".encode() + b"bad \xff bytes\nlast --foo"
    code, out = run(stdin=stdin, as_json=True)
    made = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert [each["input"] for each in made] == [
        "a fox",
        "",
        "狐狸 --ar 3:2",
        "bad \udcff bytes",
        "last --foo",
    ]
    assert [len(each["jobs"]) for each in made] == [1, 0, 1, 0, 0]
    assert made[3]["errors"][0]["type"] == "invalid_character"
    assert run(stdin=b"a fox\nan owl")[0] == 0
    assert run(stdin=b"") == (0, "")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_narrow_terminal_encoding(as_json: bool) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    assert parse_command("狐狸 --no 人", as_json, out=out) == 0
    text = raw.getvalue().decode("ascii")
    assert json.loads(text)["jobs"][0]["text"] == "狐狸" if as_json else "fox" not in text


def test_the_account() -> None:
    code, out = run('https://a.com/a.png::2 a fox:: "HI"::2 --ar 3:2 --no cars, owls --tile --p --sref 1::2')
    assert code == 0
    assert out.splitlines() == [
        'https://a.com/a.png::2 a fox:: "HI"::2 --no cars, owls --ar 3:2 --sref 1::2 --tile --profile',
        "  parts      a fox  ×1",
        '             "HI"  ×2',
        "  images     https://a.com/a.png  ×2",
        "  no         cars",
        "             owls",
        "  aspect     3:2",
        "  sref       1  ×2",
        "  profile    default",
        "  tile       yes",
        "  to draw    “HI”",
    ]


def test_the_account_of_errors() -> None:
    code, out = run("a fox --s 2000 --upbeta")
    assert code == 2
    assert "error  `--stylize` must be between 0 and 1000" in out
    assert "       a fox --s 2000 --upbeta\n                 ^^^^\n" in out
    assert "note   `--upbeta`" in out


def test_the_account_of_permutations() -> None:
    _, out = run("{a, b} fox --v 7")
    assert "1 of 2  a fox --v 7" in out and "2 of 2  b fox --v 7" in out


def test_nothing_steers_the_terminal() -> None:
    _, out = run("a \x1b[31mfox \u202e --foo")
    assert "\x1b" not in out and "\u202e" not in out


def test_colours_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.delenv("NO_COLOR", raising=False)
    parse_command("a fox --ar 3:2", out=out)
    assert "\x1b[36m--ar " in out.getvalue()
    out = Terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    parse_command("a fox --ar 3:2", out=out)
    assert "\x1b" not in out.getvalue()


def test_nothing_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_command(None) == 2
    assert "Nothing to read" in capsys.readouterr().err


def test_it_is_quick_and_light(root: Path) -> None:
    """Reading a prompt imports nothing outside Python's own library."""
    code = """if True:
        import sys, time
        from sfumato.faces.cli.parse import parse_command
        parse_command('a fox --ar 3:2', True)
        assert not {'torch', 'numpy', 'pydantic', 'rich', 'click'} & set(sys.modules)
        print(time.process_time(), file=sys.stderr)
    """
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}

    def once() -> float:
        """Seconds of computing, the start of Python included; a busy machine does not change them much."""
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, check=True, capture_output=True, env=environment, timeout=60)
        return float(done.stderr)

    assert min(once() for _ in range(5)) < 0.3
