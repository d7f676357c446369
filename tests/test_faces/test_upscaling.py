"""A person's own upscaler on the command line: added, named once for all, and used on any picture."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sfumato.engine import resize, to_pixels
from sfumato.models.family import recognise
from sfumato.plan.edits import Upscale, Vary
from sfumato.studio.collection import Collection, Models
from tinies import upscaler as tiny
from tinies.command import sfumato
from tinies.operations import smooth


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write(tmp_path_factory.mktemp("upscaler"), tiny.compact())[0]


def test_a_file_is_added_and_the_settings_name_it(
    larger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photograph without words; what painted pictures is not asked for."""
    monkeypatch.setenv("SFUMATO_MODELS", str(tmp_path / "models"))
    added = sfumato("models", "add", str(larger))
    assert added.returncode == 0 and "use it: sfumato upscale picture.png -m larger" in added.stdout
    monkeypatch.setenv("SFUMATO_UPSCALER", "larger")
    photo = to_pixels(smooth("photo", 21, 33))
    Image.fromarray(photo).save(tmp_path / "photo.png")
    out = ("--json", "--alone", "-o", str(tmp_path / "out"))
    done = sfumato("upscale", str(tmp_path / "photo.png"), "--factor", "3", *out)
    assert done.returncode == 0, done.stderr
    (path,) = (Path(name) for name in json.loads(done.stdout)["jobs"][0]["images"])
    with Image.open(path) as image:
        made = np.asarray(image.convert("RGB"))
    assert made.shape == (63, 99, 3) and (made != resize(photo, 99, 63)).any()
    assert np.abs(resize(made, 33, 21).astype(int) - photo).mean() < 3


def test_what_is_named_for_larger_pictures_is_for_those_alone(larger: Path, tmp_path: Path) -> None:
    named = Models(Collection(tmp_path), (), (str(larger),))
    assert named.editor(Upscale()) == recognise([larger])
    for other in (Upscale(creative=True), Vary()):
        assert named.editor(other) is None
    assert Models(Collection(tmp_path)).editor(Upscale()) is None
