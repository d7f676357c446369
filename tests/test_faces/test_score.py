"""`sfumato score`: a folder of true renders, and what it says of what is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from sfumato.faces.cli.app import app
from sfumato.train.metrics.questions import questions
from sfumato.train.metrics.truth import render_truth
from sfumato.train.world.atlas import open_atlas


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures")
    own = questions()[::250]
    for number, picture in enumerate(render_truth(own, open_atlas(), 5)):
        Image.fromarray(picture).save(path / f"{number}.png")
    told = ({"file": f"{number}.png", "prompt": question.en} for number, question in enumerate(own))
    (path / "prompts.jsonl").write_text("\n".join(map(json.dumps, told)), "utf-8")
    return path


def score(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["score", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_folder_is_scored_with_what_there_is(folder: Path, tmp_path: Path) -> None:
    report = json.loads(score(folder, "--weights", tmp_path, "--json"))
    assert (report["pictures"], report["with_prompts"], report["reference_pictures"]) == (4, 4, 4)
    assert report["distances"].keys() == {"judge"} and report["clip"] is None
    missing = " ".join(report["missing"])
    assert "mseitzer/pytorch-fid" in missing and "Apache-2.0" in missing and "openai/clip" in missing
    same = json.loads(score(folder, "--reference", folder, "--weights", tmp_path, "--json"))
    assert abs(same["distances"]["judge"]["frechet"]) < 1e-3 < report["distances"]["judge"]["frechet"]
    assert "4 of them with a prompt" in score(folder, "--weights", tmp_path)


def test_what_cannot_be_compared_is_said(folder: Path, tmp_path: Path) -> None:
    Image.new("RGB", (16, 16)).save(tmp_path / "one.png")
    report = json.loads(score(tmp_path, "--weights", tmp_path, "--json"))
    assert "distances" not in report and any("--reference" in line for line in report["missing"])
    report = json.loads(score(tmp_path, "--reference", folder, "--weights", tmp_path, "--json"))
    assert any("at least two" in line for line in report["missing"])


def test_a_pickle_is_refused(folder: Path, tmp_path: Path) -> None:
    torch.save({}, tmp_path / "pt_inception-2015-12-05-6726825d.pth")
    with pytest.raises(ValueError, match="pickle"):
        score(folder, "--weights", tmp_path)


def test_the_thousand_prompts_are_printed_to_make_pictures_of() -> None:
    lines = score("--ask", "zh").splitlines()
    assert len(lines) == 1000
    wide = [line for line in lines if line.endswith(" --ar 28:9")]
    assert len(wide) == 100 and all("三视图" in line for line in wide)
    assert CliRunner().invoke(app, ["score"]).exit_code == 2
