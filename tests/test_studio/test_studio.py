"""From a prompt to kept pictures, with the shipped model at its quickest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import sfumato
from sfumato.language import PromptError
from sfumato.models.family import UnknownModel, named
from sfumato.plan import Plan, PlanError
from sfumato.studio import Job, Picture, Refused, Step, Studio, read_kept, verify
from sfumato.studio.gallery import RECORD, keep

QUICK = "a red fox in the snow --q .25 --seed 11"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def made(folder: Path) -> list[Step | Picture | Path]:
    studio = Studio(folder)
    (job,) = studio.submit(QUICK)
    return list(studio.work(job))


def paths_of(made: list) -> list[Path]:
    return [item for item in made if isinstance(item, Path)]


def test_a_job_gives_four_pictures_and_their_grid(made: list, folder: Path) -> None:
    pictures = [item for item in made if isinstance(item, Picture)]
    assert [picture.index for picture in pictures] == [0, 1, 2, 3, None]
    assert [path.parent for path in paths_of(made)] == [folder] * 5
    four, grid = pictures[:4], pictures[4].pixels
    height, width = four[0].pixels.shape[:2]
    assert grid.shape == (2 * height, 2 * width, 3)
    assert np.array_equal(grid[:height, width:], four[1].pixels)
    assert np.array_equal(grid[height:, :width], four[2].pixels)


def test_steps_count_up_to_the_whole(made: list) -> None:
    steps = [item for item in made if isinstance(item, Step)]
    assert [step.done for step in steps] == sorted({step.done for step in steps})
    assert steps[-1].done == steps[-1].total
    assert steps[0].seconds_left is not None and steps[-1].seconds_left == 0
    shown = [picture for step in steps if (picture := step.preview()) is not None]
    assert len(shown) > len(steps) / 2 and shown[0].dtype == np.uint8


def test_the_file_carries_the_whole_plan(made: list) -> None:
    kept = read_kept(paths_of(made)[2])
    picture = [item for item in made if isinstance(item, Picture)][2]
    assert kept.plan == picture.plan and kept.index == 2 and kept.job == picture.job
    assert np.array_equal(kept.pixels, picture.pixels)
    assert set(kept.made_by) == {"device", "dtype", "sfumato", "torch", "numpy", "licence"}
    assert kept.made_by["licence"] == "Apache-2.0"
    with Image.open(paths_of(made)[2]) as image:
        assert image.text["Description"] == f"{kept.plan.prompt} Job ID: {kept.job}"  # type: ignore[attr-defined]


def test_verify_makes_picture_and_grid_again(made: list) -> None:
    for path in (paths_of(made)[1], paths_of(made)[4]):
        verdict = verify(path)
        assert verdict.identical and verdict.worst == 0 and verdict.changed == ()


def test_verify_tells_a_changed_picture(made: list, tmp_path: Path) -> None:
    original = next(item for item in made if isinstance(item, Picture))
    pixels = original.pixels.copy()
    pixels[3, 4] ^= 64
    verdict = verify(keep(replace(original, pixels=pixels), tmp_path))
    assert not verdict.identical and verdict.worst == 64 and verdict.psnr > 30


def test_verify_refuses_a_plan_for_other_weights(made: list, tmp_path: Path) -> None:
    original = next(item for item in made if isinstance(item, Picture))
    stage = original.plan.stages[0].model_copy(update={"weights": "e" * 64})
    plan = original.plan.model_copy(update={"stages": (stage, *original.plan.stages[1:])})
    with pytest.raises(Refused, match="weights"):
        verify(keep(replace(original, plan=plan), tmp_path))


def test_files_without_a_plan_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read_kept(tmp_path / "none.png")
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(ValueError, match="not a picture"):
        read_kept(tmp_path / "text.png")
    Image.new("RGB", (4, 4)).save(tmp_path / "plain.png")
    with pytest.raises(ValueError, match="carries no plan"):
        read_kept(tmp_path / "plain.png")
    broken = PngInfo()
    broken.add_itxt(RECORD, json.dumps({"plan": {"schema": 99}, "index": 0, "job": "", "made_by": {}}))
    Image.new("RGB", (4, 4)).save(tmp_path / "future.png", pnginfo=broken)
    with pytest.raises(PlanError):
        read_kept(tmp_path / "future.png")


def test_nothing_half_written_is_left(made: list, tmp_path: Path) -> None:
    original = next(item for item in made if isinstance(item, Picture))
    with pytest.raises(TypeError):
        keep(replace(original, made_by={"device": object()}), tmp_path)  # type: ignore[dict-item]
    assert list(tmp_path.iterdir()) == []


def test_permutations_and_repeat_are_jobs() -> None:
    jobs = Studio().submit("a {red, blue} car --repeat 3")
    assert len(jobs) == 6 and len({job.id for job in jobs}) == 6
    assert len({job.plan.seeds[0].number for job in jobs}) == 6
    assert sorted({job.plan.parts[0].content for job in jobs}) == ["a blue car", "a red car"]


def test_notes_leave_nothing_silent() -> None:
    (job,) = Studio().submit("a serene fox --stylize 400 --upbeta --tile")
    text = "\n".join(job.notes)
    for word in ("serene", "stylize", "upbeta"):
        assert word in text, job.notes
    assert "tile" not in text, "it is honoured"


def test_errors_come_before_any_work() -> None:
    with pytest.raises(PromptError, match="between 0 and 1000"):
        Studio().submit("a fox --s 2000 --v 7")
    with pytest.raises(PlanError, match=r"2\.5"):
        Studio().submit("a fox --ar 9:1")
    with pytest.raises(UnknownModel, match="no model 'palace'"):
        named(["palace"])


def test_the_python_api(made: list) -> None:
    pictures = sfumato.imagine(QUICK)
    first = [item for item in made if isinstance(item, Picture)]
    assert [p.pixels.tobytes() for p in pictures] == [p.pixels.tobytes() for p in first[:4]]
    assert pictures[0].image.size == (pictures[0].plan.width, pictures[0].plan.height)
    assert isinstance(pictures[0].plan, Plan)


def test_the_python_api_as_it_happens() -> None:
    kinds = [type(item) for item in sfumato.imagining(QUICK)]
    assert set(kinds) == {Step, Picture}
    assert kinds.index(Picture) > kinds.index(Step)


def test_a_picture_made_alone_is_the_one_made_in_four(made: list) -> None:
    original = [item for item in made if isinstance(item, Picture)][2]
    alone = original.plan.model_copy(update={"seeds": original.plan.seeds[2:3]})
    (picture,) = [item for item in Studio().work(Job(alone)) if isinstance(item, Picture)]
    assert picture.index == 0 and np.array_equal(picture.pixels, original.pixels)
