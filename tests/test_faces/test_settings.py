"""Settings: the file, the environment over it, options over both; and what cannot be."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sfumato.faces.cli.app import app
from sfumato.faces.places import data_folder, path_of
from sfumato.faces.settings import NAMES, Settings, chosen, faults, load, write


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SFUMATO_SETTINGS", str(tmp_path / "own" / "settings.toml"))
    monkeypatch.delenv("SFUMATO_DATA")
    return path_of()


def told(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["settings", *words])
    if isinstance(result.exception, ValueError):  # what `main` turns into a sentence and exit 2
        return 2, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_options_over_the_environment_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load() == Settings()
    assert told("set", "port", "7000") == (0, "") and load().port == 7000
    assert chosen().told["port"].source == "file"
    monkeypatch.setenv("SFUMATO_PORT", "7001")
    assert load().port == 7001 and chosen().told["port"].source == "SFUMATO_PORT"
    assert load(port=7002, host=None).port == 7002
    assert "overrides" in told("unset", "port")[1]
    assert file.read_text().strip() == "" and told("get", "port") == (0, "7001\n")


def test_the_rest_of_the_file_stays(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('# mine\nport = 7000 # why\nmodel = ["a", "b"]\n')
    told("set", "log", "error")
    told("set", "port", "1")
    assert file.read_text() == 'port = 1\nlog = "error"\n# mine\nmodel = ["a", "b"]\n'
    assert load().model == ("a", "b") and told("get", "model") == (0, "a,b\n")
    file.write_text("model = [\n'a']\n")
    code, said = told("set", "model", "c")
    assert code == 2 and "several lines" in said and file.read_text() == "model = [\n'a']\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "prot", "1"), "There is no setting 'prot': did you mean 'port'?"),
        (("set", "port", "70000"), "less than or equal to 65535"),
        (("set", "dtype", "int8"), "'float32' or 'bfloat16'"),
        (("set", "host", ""), "at least 1 character"),
        (("get", "zebra"), "there are host, port"),
    ],
)
def test_what_cannot_be_is_refused(words: tuple[str, ...], said: str, file: Path) -> None:
    code, output = told(*words)
    assert code == 2 and said in output and not file.exists()


def test_everything_that_is_wrong_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(file, {}) == [] and told("check") == (0, "")
    file.parent.mkdir()
    file.write_text("prot = 1\njobs = 0\nhost = 'a'\n")
    found = faults(file, {"SFUMATO_LGO": "info", "SFUMATO_PORT": "x", "SFUMATO_KEY": "k"})
    assert [any(word in own for own in found) for word in ("'port'", "jobs cannot", "'log'", "port cannot")]
    assert len(found) == 4 and told("check")[0] == 2
    with pytest.raises(ValueError, match="did you mean 'port'"):
        load()
    file.write_text("port = = 1")
    assert "no TOML" in told("check")[1] and told()[0] == 2


def test_the_data_folder_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_folder() == Settings().folder
    told("set", "data", "/one")
    assert data_folder() == load().folder == Path("/one")
    monkeypatch.setenv("SFUMATO_DATA", "/two")
    assert data_folder() == load().folder == Path("/two")


def test_all_are_shown_with_their_help(file: Path) -> None:
    assert tuple(own.name for own in fields(Settings)) == NAMES
    code, said = told("--json")
    assert code == 0 and all(f'"{name}"' in said for name in NAMES) and str(file) in said


@given(text=st.text(min_size=1, max_size=30))
def test_any_text_comes_back(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("file") / "settings.toml"
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    write(path, "host", text)
    write(path, "port", 1)
    assert chosen(path, {}).settings.host == text and chosen(path, {}).settings.port == 1
