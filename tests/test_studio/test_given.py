"""Pictures that a job reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from sfumato.plan import PlanError
from sfumato.studio import Picture, Refused, Studio, Wishes, give, verify

QUICK = "a red fox in the snow --q .25 --seed 5 --ar 3:2"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """24 × 16 pixels, left half red, right half blue."""
    pixels = np.zeros((16, 24, 3), np.uint8)
    pixels[:, :12, 0], pixels[:, 12:, 2] = 255, 255
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def test_pixels_become_numbers_between_minus_one_and_one(photo: Path) -> None:
    given = give("start", photo, 0.5)
    assert given.pixels.shape == (3, 16, 24) and given.pixels.dtype == torch.float32
    assert given.pixels[:, 0, 0].tolist() == [1, -1, -1] and given.pixels[:, 0, -1].tolist() == [-1, -1, 1]
    assert (given.input.role, given.input.weight) == ("start", 0.5)


def test_the_hash_is_of_the_picture_and_not_of_the_file(photo: Path, tmp_path: Path) -> None:
    Image.open(photo).save(tmp_path / "same.webp", lossless=True)
    assert give("start", tmp_path / "same.webp").input.hash == give("mask", photo).input.hash
    Image.open(photo).transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png")
    assert give("start", tmp_path / "turned.png").input.hash != give("start", photo).input.hash


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (200, 0, 0, 0)).save(tmp_path / "clear.png")
    assert give("start", tmp_path / "clear.png").pixels.unique().tolist() == [1]


def test_a_camera_s_turn_is_undone(photo: Path, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the picture lies on its side
    Image.open(photo).save(tmp_path / "lying.png", exif=exif)
    assert give("start", tmp_path / "lying.png").pixels.shape == (3, 24, 16)


def test_no_picture_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no picture"):
        give("start", tmp_path / "absent.png")
    (tmp_path / "text.png").write_text("not a picture", encoding="utf-8")
    with pytest.raises(ValueError, match="not a picture that can be read"):
        give("start", tmp_path / "text.png")


def test_a_start_picture_shows_in_what_is_painted(photo: Path) -> None:
    """Begun late, the picture keeps the colours of its halves; begun from noise it has others."""
    studio = Studio()
    wishes = Wishes((give("start", photo),), knobs={"base.start": "0.8"})
    (job,) = studio.submit(QUICK, wishes)
    made = next(found for found in studio.work(job) if isinstance(found, Picture))
    left, right = (half.reshape(-1, 3).mean(0) for half in np.split(made.pixels.astype(float), 2, axis=1))
    studio.shelf.close()
    assert left[0] - left[2] > 60 and right[2] - right[0] > 60


def test_a_negative_prompt_changes_the_picture() -> None:
    studio = Studio()
    (plain,), (other,) = studio.submit(QUICK), studio.submit(QUICK, Wishes(negative="snow"))
    first, second = (next(m for m in studio.work(job) if isinstance(m, Picture)) for job in (plain, other))
    studio.shelf.close()
    assert other.plan.negative == "snow" and other.plan.hash != plain.plan.hash
    assert np.abs(first.pixels.astype(int) - second.pixels).max() > 30


def test_verify_asks_for_the_pictures_again(photo: Path, tmp_path: Path) -> None:
    studio = Studio(folder=tmp_path)
    given = (give("start", photo),)
    (job,) = studio.submit(QUICK, Wishes(given, knobs={"base.start": "0.5", "upper.steps": "2"}))
    paths = [made for made in studio.work(job) if isinstance(made, Path)]
    studio.shelf.close()
    with pytest.raises(Refused, match="made from other pictures \\(start\\)"):
        verify(paths[0])
    assert verify(paths[0], given=given).identical


def test_wishes_are_refused_before_any_work(photo: Path) -> None:
    with pytest.raises(PlanError, match="no knob"):
        Studio().submit(QUICK, Wishes(knobs={"taste": "1"}))
    with pytest.raises(Refused, match="cannot take a picture as hint"):
        Studio().submit(QUICK, Wishes((give("hint", photo),)))
    with pytest.raises(Refused, match="give it a start picture"):
        Studio().submit(QUICK, Wishes(knobs={"base.start": "0.5"}))
