"""Folders in the released layout: what is in them, what they are, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from tinies.parts import write_repository

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

TINY_VAE = {
    "block_out_channels": [8, 8],
    "norm_num_groups": 4,
    "down_block_types": ["DownEncoderBlock2D"] * 2,
    "up_block_types": ["UpDecoderBlock2D"] * 2,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from diffusers import AutoencoderKL, EulerDiscreteScheduler

    torch.manual_seed(0)
    parts = {
        "vae": AutoencoderKL(**TINY_VAE),
        "scheduler": EulerDiscreteScheduler(),
        "feature_extractor": None,
    }
    return write_repository(tmp_path_factory.mktemp("released"), "SomePipeline", parts)


def test_the_index_names_what_is_here(folder: Path) -> None:
    repository = Repository(folder)
    assert repository.pipeline == "SomePipeline"
    assert repository.has("vae") and repository.has("scheduler")
    assert not repository.has("feature_extractor") and not repository.has("unet")
    assert repository.class_of("vae") == "diffusers.AutoencoderKL"
    assert repository.config("vae")["block_out_channels"] == [8, 8]
    assert repository.config("unet") == {}


def test_a_network_is_opened_as_it_was_saved(folder: Path) -> None:
    from diffusers import AutoencoderKL

    ours = Repository(folder).load("vae", "cpu", "float32")
    theirs = AutoencoderKL.from_pretrained(folder / "vae")
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    assert all(torch.equal(own, other) for own, other in pairs)
    assert not ours.training and not any(parameter.requires_grad for parameter in ours.parameters())
    assert Repository(folder).load("vae", "cpu", "bfloat16").dtype == torch.bfloat16


def test_structure_needs_no_weights(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "vae").mkdir()
    for name in ("model_index.json", "vae/config.json"):
        (tmp_path / name).write_text((folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    loaded = Repository(folder).load("vae")
    assert parameters(Repository(tmp_path)) == {"vae": sum(p.numel() for p in loaded.parameters())}
    assert Repository(tmp_path).load("vae", "meta").device.type == "meta"


def test_the_fingerprint_follows_weights_and_config(folder: Path, tmp_path: Path) -> None:
    before = Repository(folder).fingerprint("vae")
    assert before == Repository(folder).fingerprint("vae") and len(before) == 64
    twin = copied(folder, tmp_path / "twin")
    assert Repository(twin).fingerprint("vae") == before
    config = {**Repository(twin).config("vae"), "scaling_factor": 2.0}
    (twin / "vae" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert Repository(twin).fingerprint("vae") != before
    other = copied(folder, tmp_path / "other")
    file = next((other / "vae").glob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:-4] + b"\0\0\0?")
    assert Repository(other).fingerprint("vae") != before


def copied(folder: Path, to: Path) -> Path:
    import shutil

    return Path(shutil.copytree(folder, to))


def names(folder: Path, *files: str) -> Repository:
    (folder / "unet").mkdir(exist_ok=True)
    for file in files:
        save_file({"a": torch.zeros(1)}, folder / "unet" / file)
    return Repository(folder)


def test_all_shards_of_one_variant_belong_together(tmp_path: Path) -> None:
    shards = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    half = ("model.fp16-00001-of-00002.safetensors", "model.fp16-00002-of-00002.safetensors")
    repository = names(tmp_path, *shards, *half)
    assert [file.name for file in repository.files("unet")] == list(shards)


def test_a_half_precision_variant_alone_will_do(tmp_path: Path) -> None:
    repository = names(tmp_path, "diffusion_pytorch_model.fp16.safetensors")
    assert repository.variant("unet") == ".fp16" and len(repository.files("unet")) == 1


def test_pickles_are_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(FileNotFoundError, match=r"pickles, which can run any program.*safetensors"):
        Repository(tmp_path).files("unet")


def test_missing_weights_are_said(tmp_path: Path) -> None:
    (tmp_path / "unet").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no \.safetensors file"):
        Repository(tmp_path).files("unet")


def test_foreign_code_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"unet": ["my_pipeline", "Net"]}', encoding="utf-8")
    with pytest.raises(FileNotFoundError, match="needs code from 'my_pipeline'"):
        Repository(tmp_path).class_of("unet")
