"""Every recipe runs and writes weights that open; none touches the shipped ones."""

import runpy
from collections.abc import Sequence
from pathlib import Path

import pytest

from sfumato.models.weights import load_packed

ROOT = Path(__file__).resolve().parents[2]
RUNS = (
    ("house.py", ("base",), ("house-base",)),
    ("house.py", ("upper",), ("house-upper",)),
    ("judge.py", (), ("judge",)),
    ("upscaler.py", (), ("house-enlarger",)),
    ("eye.py", ("namer", "finder", "reader"), ("eye-namer", "eye-finder", "eye-reader")),
    (
        "eye.py",
        ("namer --second", "finder --second", "reader --second"),
        ("eye-namer", "eye-finder", "eye-reader"),
    ),
    (
        "painter.py",
        ("coder --side 64", "painter --side 64", "student --side 64", "painter --side 64 --pixels"),
        ("coder-packed", "painter-packed", "student-packed", "painter-pixels-packed"),
    ),
)


@pytest.mark.minutes
@pytest.mark.parametrize("recipe, stages, written", RUNS)
def test_a_recipe_runs_and_writes_its_weights(
    recipe: str, stages: Sequence[str], written: Sequence[str], tmp_path: Path
) -> None:
    before = shipped()
    main = runpy.run_path(str(ROOT / "recipes" / recipe))["main"]
    for stage in stages or ("",):
        main([*stage.split(), "--rows", "2", "--minutes", "0.04", "--out", str(tmp_path)])
    for name in written:
        assert load_packed(tmp_path / f"{name}.safetensors")
    assert list(tmp_path.glob("*.jsonl"))
    assert shipped() == before


def shipped() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (ROOT / "weights").iterdir()}
