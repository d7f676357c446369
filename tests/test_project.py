"""The project as a whole: its imports, its size, its version and its commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

TREE_MIB = 44
LANGUAGE_IMPORT_SECONDS = 0.1


def run_python(code: str, **more: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **more}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_language_brings_nothing_heavy() -> None:
    loaded = set(run_python("import sys, sfumato.language; print(*sys.modules)").split())
    assert "sfumato.language" in loaded
    assert not {"torch", "numpy", "pydantic", "PIL", "click", "rich"} & loaded


def test_importing_the_language_is_quick(tmp_path: Path) -> None:
    # Processor time: on an idle machine what a person waits, and steady on a busy one.
    code = "from time import process_time as now; t = now(); import sfumato.language; print(now() - t)"
    compiled = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}  # as after any first run
    best = min(float(run_python(code, **compiled)) for _ in range(5))
    assert best < LANGUAGE_IMPORT_SECONDS


def test_making_a_plan_needs_no_tensors() -> None:
    loaded = set(run_python("import sys, sfumato.plan; print(*sys.modules)").split())
    assert "sfumato.plan" in loaded
    assert not {"torch", "numpy", "PIL"} & loaded


def test_opening_the_shipped_model_brings_no_compiler() -> None:
    """It would take a second of every command."""
    opening = "from sfumato.studio import Shelf; from sfumato.models.family import families"
    loaded = set(
        run_python(f"import sys; {opening}; Shelf().lease(families()[0]); print(*sys.modules)").split()
    )
    assert "torch" in loaded and "torch._dynamo" not in loaded


def tree_bytes() -> int:
    listing = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return sum((ROOT / name).stat().st_size for name in set(names) if name and (ROOT / name).is_file())


def test_the_tree_is_light() -> None:
    assert 0 < tree_bytes() < TREE_MIB * 2**20


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_version_is_the_newest_in_the_changelog() -> None:
    headings = re.findall(
        r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
    )
    assert headings[0] == project()["version"]


@pytest.mark.parametrize(("name", "target"), sorted(project()["scripts"].items()))
def test_every_console_script_shows_help(name: str, target: str) -> None:
    module, function = target.split(":")
    start = f"import sys; from {module} import {function} as main; sys.argv = [{name!r}, '--help']; main()"
    assert "Usage" in run_python(start)
