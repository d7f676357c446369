"""FLUX.2's transformer in one file, under its original names; diffusers' own conversion is the oracle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
import torch
from diffusers import Flux2Transformer2DModel
from safetensors.torch import save_file
from torch import Tensor

from sfumato.models._parts.original import PREFIX
from sfumato.models.family import UnknownModel
from sfumato.models.flux2 import Flux2, claim
from sfumato.models.flux2 import original as original_module
from sfumato.models.flux2.original import MARKS, config_of, load_transformer, shapes_of
from tinies import flux, flux2
from tinies.beside import planned
from tinies.flights import MOVED, PARITY, fly, gap

KINDS: dict[str, Callable[[Path], tuple[Path, ...]]] = {"dev": flux2.dev, "klein": flux2.klein}


def claimed(*paths: Path) -> Flux2:
    family = claim(paths)
    assert family is not None
    return family


def painted(family: Flux2) -> Tensor:
    plan = planned(family, "a red fox in the snow", 5)
    assert family.check(plan) == ()
    return fly(family.open("cpu", "float32"), [plan]).x[0]


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """klein without its transformer."""
    (folder,) = flux2.klein(tmp_path_factory.mktemp("rest"))
    rmtree(folder / "transformer")
    return folder


@pytest.mark.parametrize("prefix", ["", PREFIX])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_paints_what_the_folder_paints(tmp_path: Path, prefix: str, kind: str) -> None:
    (folder,) = KINDS[kind](tmp_path / "folder")
    whole, network = painted(claimed(folder)), flux2.transformer(guided=kind == "dev")
    file = flux2.save_original(network, tmp_path / "flux2.safetensors", prefix)
    single = claimed(file, folder)
    assert claimed(folder, file) == single and single.variant == claimed(folder).variant
    assert gap(painted(single), whole) < PARITY
    rmtree(folder / "transformer")
    assert gap(painted(single), whole) < PARITY
    assert single.missing() == ()


@pytest.mark.parametrize("guided", [True, False], ids=KINDS)
def test_every_tensor_goes_where_diffusers_puts_it(tmp_path: Path, guided: bool) -> None:
    network = flux2.transformer(guided)
    network.save_pretrained(tmp_path / "folder")
    file = flux2.save_original(network, tmp_path / "flux2.safetensors")
    theirs = Flux2Transformer2DModel.from_single_file(
        str(file), config=str(tmp_path / "folder"), local_files_only=True
    ).state_dict()
    ours = load_transformer(file, "cpu", "float32").state_dict()
    assert set(ours) == set(theirs) == set(network.state_dict())
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize("guided", [True, False], ids=KINDS)
def test_the_config_follows_from_the_shapes(tmp_path: Path, guided: bool) -> None:
    network = flux2.transformer(guided)
    config = config_of(shapes_of(flux2.save_original(network, tmp_path / "flux2.safetensors")))
    released = {**network.config, "out_channels": network.out_channels}
    for name, value in config.items():
        if name[0] != "_":
            assert value == (list(released[name]) if isinstance(value, list) else released[name]), name


FAULTS: dict[str, tuple[str, Any]] = {
    "scale before shift": ("SWAPPED", ""),
    "values before keys": ("img_attn.qkv", ("attn.to_q", "attn.to_v", "attn.to_k")),
    "the text's norm for the picture's": ("txt_attn.norm.key_norm", "img_attn.norm.key_norm"),
    "the text's network for the picture's": ("txt_mlp.2", "img_mlp.2"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_place_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    (folder,) = flux2.klein(tmp_path / "folder")
    single = claimed(flux2.save_original(flux2.transformer(False), tmp_path / "flux2.safetensors"), folder)
    right, (what, wrong) = painted(claimed(folder)), FAULTS[fault]
    own = dict(original_module.DOUBLE)
    if what == "SWAPPED":
        monkeypatch.setattr(original_module, what, wrong)
    elif isinstance(wrong, str):
        own |= {what: own[wrong], wrong: own[what]}
    else:
        own |= {what: wrong}
    blocks = {**original_module.BLOCKS, "double_blocks": ("transformer_blocks", own)}
    monkeypatch.setattr(original_module, "BLOCKS", blocks)
    assert gap(painted(single), right) > MOVED


# What is not enough


def test_what_else_is_needed_is_said(tmp_path: Path, rest: Path) -> None:
    file = flux2.save_original(flux2.transformer(False), tmp_path / "klein.safetensors")
    with pytest.raises(UnknownModel, match="text_encoder, vae, tokenizer, scheduler"):
        claim((file,))
    with pytest.raises(UnknownModel, match="without transformer"):
        claim((rest,))
    told = flux2.save_original(flux2.transformer(True), tmp_path / "dev.safetensors")
    with pytest.raises(UnknownModel, match=r"of FLUX\.2 dev, and .* a release of klein"):
        claim((told, rest))


@pytest.mark.parametrize("missing", MARKS)
def test_files_of_other_kinds_are_not_claimed(tmp_path: Path, rest: Path, missing: str) -> None:
    tensors = flux2.original(flux2.transformer(False))
    other = tmp_path / "other.safetensors"
    save_file({name: tensor for name, tensor in tensors.items() if name != missing}, other)
    one = flux.save_original(flux.transformer(), tmp_path / "flux1.safetensors")
    for file in (other, one):
        assert claim((file,)) is None and claim((file, rest)) is None
    assert claim(()) is None


def test_a_broken_file_is_named(tmp_path: Path, rest: Path) -> None:
    tensors = flux2.original(flux2.transformer(False))
    scaled = {"double_blocks.0.img_mlp.0.scale_weight": torch.ones(1)}  # of a file in 8 bits
    for tamper in (scaled, {"txt_in.weight": None}, {"double_blocks.1.img_mlp.2.weight": None}):
        broken = {name: tensor for name, tensor in {**tensors, **tamper}.items() if tensor is not None}
        save_file(broken, tmp_path / "broken.safetensors")
        with pytest.raises(UnknownModel, match=r"not a whole FLUX\.2"):
            claim((tmp_path / "broken.safetensors", rest))


def test_other_weights_are_another_model(tmp_path: Path, rest: Path) -> None:
    network = flux2.transformer(False)
    one = claimed(flux2.save_original(network, tmp_path / "one.safetensors"), rest)
    with torch.no_grad():
        network.proj_out.weight.mul_(2)
    two = claimed(flux2.save_original(network, tmp_path / "two.safetensors"), rest)
    assert one.release.fingerprint() != two.release.fingerprint()
    assert "one.safetensors" in one.summary
