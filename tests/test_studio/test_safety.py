"""Finished pictures are looked at: as diffusers' checker does, and only where the policy is strict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from transformers import CLIPImageProcessor

from sfumato.faces.cli.app import app
from sfumato.models.family import UnknownModel
from sfumato.models.safety import checker_at, open_checker
from sfumato.studio import Studio
from sfumato.studio.collection import Adding, Collection, Hub, Models, add
from sfumato.studio.policy import default_policy
from sfumato.studio.safety import Withheld, screen_of
from tinies import safety

HUB = Hub("http://127.0.0.1:9")
PIXELS = np.random.default_rng(1).integers(0, 256, (6, 40, 48, 3), dtype=np.uint8)


def theirs(folder: Path) -> list[bool]:
    """What diffusers' checker finds, picture by picture."""
    net = StableDiffusionSafetyChecker.from_pretrained(folder)
    prepare = CLIPImageProcessor.from_pretrained(folder)
    found = []
    for own in PIXELS:
        ready = prepare(images=own, return_tensors="pt")["pixel_values"]
        found += net(clip_input=ready, images=[own.astype(np.float32) / 255])[1]
    return found


def middle(folder: Path) -> float:
    """The threshold that half of the pictures are beyond."""
    net = StableDiffusionSafetyChecker.from_pretrained(folder)
    prepare = CLIPImageProcessor.from_pretrained(folder)
    with torch.no_grad():
        ready = prepare(images=list(PIXELS), return_tensors="pt")["pixel_values"]
        seen = torch.nn.functional.normalize(net.visual_projection(net.vision_model(ready)[1]))
        concepts = torch.nn.functional.normalize(net.concept_embeds)
    return float((seen @ concepts.t()).amax(1).median()) + 1e-4


@pytest.mark.parametrize("special", [2.0, -2.0])
def test_parity_with_diffusers(tmp_path: Path, special: float) -> None:
    """Special care that is needed lowers the thresholds by a hundredth, there and here."""
    safety.concepts(tmp_path / "a", 2.0)
    between = middle(tmp_path / "a") + (0.01 if special < 0 else 0.0)
    folder = safety.concepts(tmp_path / "b", between, special)
    checker = checker_at(folder)
    assert checker is not None and checker.labels == ()
    look = open_checker(checker)
    found = [bool(look(own)) for own in PIXELS]
    assert found == theirs(folder) and {True, False} == set(found)


@pytest.mark.parametrize("likely", ["normal", "nsfw"])
def test_a_classifier(tmp_path: Path, likely: str) -> None:
    checker = checker_at(safety.labels(tmp_path, likely))
    assert checker is not None and checker.labels == ("nsfw",)
    said = open_checker(checker)(PIXELS[0])
    assert ("nsfw" in said) is (likely == "nsfw")


def test_what_is_none(tmp_path: Path) -> None:
    folder = safety.labels(tmp_path / "a", "nsfw")
    config = folder / "config.json"
    text = config.read_text(encoding="utf-8")
    for there, instead in (('"nsfw"', '"cat"'), ("ViTForImageClassification", "ViTModel"), ("{", "[")):
        config.write_text(text.replace(there, instead), encoding="utf-8")
        assert checker_at(folder) is None
    config.write_text(text, encoding="utf-8")
    assert checker_at(folder) is not None
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert checker_at(folder) is None


def test_it_is_added_and_paints_nothing(tmp_path: Path) -> None:
    to = Collection(tmp_path / "models")
    entry = add(Adding((str(safety.labels(tmp_path / "eye", "nsfw")),), copy=True), to, HUB)
    models = Models(to)
    assert entry.name == "eye" and "eye" not in models and not models.broken()
    assert [own.path for own in models.checkers()] == [entry.paths[0]]
    with pytest.raises(UnknownModel):
        models.family(["eye"])
    strict, normal = default_policy("strict"), default_policy("normal")
    assert screen_of(normal, models.checkers()) is None and screen_of(strict, ()) is None
    assert screen_of(strict, models.checkers()) is not None


def test_a_studio_withholds(tmp_path: Path) -> None:
    checkers = [checker_at(safety.labels(tmp_path / "eye", "nsfw"))]
    screen = screen_of(default_policy("strict"), [own for own in checkers if own])
    studio = Studio(tmp_path / "pictures", screen=screen)
    (job,) = studio.submit("a red fox --q .25 --seed 1")
    with pytest.raises(Withheld, match="4 of 4 pictures, as it looks like nsfw"):
        list(studio.work(job))
    assert not list((tmp_path / "pictures").glob("*.png"))
    studio.shelf.close()


def test_what_nobody_could_look_at_is_withheld(tmp_path: Path) -> None:
    checker = checker_at(safety.labels(tmp_path / "eye", "normal"))
    assert checker is not None
    (checker.path / "model.safetensors").write_bytes(b"damaged")
    screen = screen_of(default_policy("strict"), [checker])
    assert screen is not None and "could not be opened" in screen(PIXELS[0])


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFUMATO_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("SFUMATO_SETTINGS", str(tmp_path / "settings.toml"))
    folder = safety.concepts(tmp_path / "checker", -2.0)
    added = CliRunner().invoke(app, ["models", "add", str(folder), "--name", "guard"])
    assert added.exit_code == 0 and "looks at finished pictures" in added.output, added.output
    assert "looks at finished pictures" in CliRunner().invoke(app, ["models"]).output
