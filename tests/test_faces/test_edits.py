"""Edits on the command line: real processes, real files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tinies.command import sfumato


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One picture of the house model, with its words inside."""
    folder = tmp_path_factory.mktemp("fox")
    made = sfumato("imagine", "a red fox --seed 4 --q .25", "--json", "-o", str(folder))
    return Path(json.loads(made.stdout)["jobs"][0]["images"][1])


def edited(*arguments: str, folder: Path) -> list[Path]:
    done = sfumato(*arguments, "--json", "-o", str(folder))
    assert done.returncode == 0, done.stderr
    (job,) = json.loads(done.stdout)["jobs"]
    return [Path(path) for path in job["images"]]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_a_variation_takes_the_words_inside_and_a_new_seed(fox: Path, tmp_path: Path) -> None:
    paths = edited("vary", str(fox), folder=tmp_path)
    told = json.loads(sfumato("info", str(paths[0]), "--json").stdout)["plan"]
    before = json.loads(sfumato("info", str(fox), "--json").stdout)["plan"]
    assert len(paths) == 4 and told["parts"] == before["parts"] and told["seeds"] != before["seeds"]
    again = sfumato("verify", str(paths[2]), "-p", f"start={fox}")
    assert again.returncode == 0, again.stdout + again.stderr


def test_pan_keeps_the_picture_and_grows_one_side(fox: Path, tmp_path: Path) -> None:
    old = pixels(fox)
    for path in edited("pan", str(fox), "left", folder=tmp_path):
        new = pixels(path)
        assert new.shape == (old.shape[0], old.shape[1] * 3 // 2, 3)
        assert np.array_equal(new[:, -old.shape[1] :], old)


def test_a_region_leaves_every_other_pixel(fox: Path, tmp_path: Path) -> None:
    old = pixels(fox)
    mask = np.zeros(old.shape[:2], np.uint8)
    mask[10:60, 40:100] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    words = "a yellow owl --q .25"
    for path in edited("region", str(fox), str(tmp_path / "mask.png"), words, folder=tmp_path):
        new = pixels(path)
        assert np.array_equal(new[mask == 0], old[mask == 0])
        assert not np.array_equal(new[mask > 0], old[mask > 0])


def test_an_upscale_is_one_picture_without_a_grid(fox: Path, tmp_path: Path) -> None:
    (path,) = edited("upscale", str(fox), "--factor", "1.7", folder=tmp_path)
    assert pixels(path).shape == (218, 218, 3) and len(list(tmp_path.iterdir())) == 1


def test_a_foreign_picture_needs_words(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), (200, 30, 30)).save(tmp_path / "red.png")
    mute = sfumato("zoom", str(tmp_path / "red.png"), "-o", str(tmp_path / "out"))
    assert (
        mute.returncode == 2 and "carries no plan" in mute.stderr and "say what is to be seen" in mute.stderr
    )
    paths = edited("zoom", str(tmp_path / "red.png"), "a red car --q .25", folder=tmp_path / "out")
    assert len(paths) == 4


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("blend", "FOX"), "2 to 5 pictures"),
        (("zoom", "absent.png", "a fox"), "no picture absent.png"),
        (("zoom", "FOX", "2x"), "--factor 2."),
        (("imagine", "a fox", "--then", "2=an owl"), "after 0 and before 1"),
        (("imagine", "a fox", "--then", "an owl"), "says nothing"),
        (("imagine", "a fox", "--region", "mask.png"), "says nothing"),
        (("restyle", "FOX", "an owl --aspct 3:2"), "Unrecognized parameter"),
    ],
)
def test_what_cannot_be_is_said(asked: tuple[str, ...], message: str, fox: Path) -> None:
    done = sfumato(*(str(fox) if word == "FOX" else word for word in asked))
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""
