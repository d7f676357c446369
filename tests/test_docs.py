"""The generated documents are up to date, and the tables they are made from hold together."""

from __future__ import annotations

import ast
import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from sfumato.language import PARAMETERS
from sfumato.plan.honour import HONOURED


@pytest.fixture(scope="module")
def docs(root: Path) -> ModuleType:
    loader = SourceFileLoader("docs_script", str(root / "scripts" / "docs"))
    spec = importlib.util.spec_from_loader("docs_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_the_pages_are_fresh(docs: ModuleType, root: Path) -> None:
    for name, make in docs.PAGES.items():
        assert (root / name).read_text(encoding="utf-8") == make(), f"{name} is stale: run scripts/docs"


def test_check_sees_a_stale_page(
    docs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    assert docs.main(["--check"]) == 1
    assert "docs/parameters.md is stale" in capsys.readouterr().err
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0
    (tmp_path / "docs" / "parameters.md").write_text("old", encoding="utf-8")
    assert docs.main(["--check"]) == 1
    assert docs.main(["--help"]) == 2


def test_every_parameter_has_one_row() -> None:
    grammar = ["::", "{ , }"]
    assert sorted(row.parameter for row in HONOURED) == sorted([*(row.name for row in PARAMETERS), *grammar])


def test_names_are_not_taken_twice() -> None:
    names = [name for row in PARAMETERS for name in row.names if row.name != "w"]
    assert len(names) == len(set(names))


def test_every_named_test_exists(root: Path) -> None:
    for row in HONOURED:
        if row.test:
            path, _, name = row.test.partition("::")
            tree = ast.parse((root / path).read_text(encoding="utf-8"))
            assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (
                row.test
            )


def test_what_is_honoured_is_shown() -> None:
    for row in HONOURED:
        assert not row.today or (row.formula and row.test), row.parameter


def test_help_is_a_sentence() -> None:
    for row in PARAMETERS:
        assert row.help[0].isupper() and row.help.endswith("."), row.name
        assert (
            row.example.startswith(f"--{row.name}")
            or row.example.split()[0].removeprefix("--") in row.aliases
        )
