"""FLUX.1's transformer in one file, under its original names."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.language import read
from sfumato.models._parts.original import PREFIX, own_names
from sfumato.models.family import UnknownModel
from sfumato.models.flux import Flux, claim
from sfumato.models.flux import original as original_module
from sfumato.models.flux.files import LINE, UNSHIFTED
from sfumato.models.flux.original import config_of, load_transformer, placed, shapes_of
from sfumato.plan import Plan, draft
from tinies import flux as tiny
from tinies.flights import MOVED, PARITY, fly, gap

PAPER = MappingProxyType(
    {
        "dev": (64, True, 11_901_408_320),
        "schnell": (64, False, 11_891_178_560),
        "fill": (384, True, 11_902_391_360),
        "control": (128, True, 11_901_604_928),
    }
)


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release without its transformer."""
    return tiny.write(tmp_path_factory.mktemp("rest"), "FluxPipeline", None)


def claimed(*paths: Path) -> Flux:
    family = claim(paths)
    assert family is not None
    return family


def planned(family: Flux) -> Plan:
    plan = draft(read("a red fox in the snow --ar 3:2")[0], family.defaults(), entropy=lambda: 5)
    return plan.model_copy(update={"stages": (plan.stages[0].model_copy(update={"steps": 4}),)})


def painted(family: Flux) -> Tensor:
    plan = planned(family)
    assert family.check(plan) == ()
    return fly(family.open("cpu", "float32"), [plan]).x[0]


# A file beside a folder


@pytest.mark.parametrize("prefix", ["", PREFIX])
@pytest.mark.parametrize("guided", [True, False], ids=["dev", "schnell"])
def test_a_file_paints_what_the_folder_paints(tmp_path: Path, prefix: str, guided: bool) -> None:
    network = tiny.transformer(guided=guided)
    file = tiny.save_original(network, tmp_path / "flux.safetensors", prefix)
    folder = claimed(tiny.write(tmp_path / "folder", "FluxPipeline", network))
    single = claimed(file, folder.files.folder)
    assert single.files.transformer == {
        **dict(single.files.transformer),
        **{
            name: list(v) if isinstance(v, tuple) else v
            for name, v in network.config.items()
            if name[0] != "_"
        },
    }
    assert dict(single.files.scheduler) == dict(LINE if guided else UNSHIFTED)
    assert claimed(folder.files.folder, file) == single
    assert gap(painted(single), painted(folder)) < PARITY


def double_blocks(**layers: Any) -> dict[str, Any]:
    """The table of blocks with other places for these layers."""
    changed = {**original_module.DOUBLE, **{name.replace("__", "."): place for name, place in layers.items()}}
    return {"BLOCKS": {**original_module.BLOCKS, "double_blocks": ("transformer_blocks", changed)}}


FAULTS = {
    "scale before shift": {"SWAPPED": ""},
    "values before keys": double_blocks(img_attn__qkv=(("attn.to_q", 1), ("attn.to_v", 1), ("attn.to_k", 1))),
    "the text's norm for the picture's": double_blocks(
        img_attn__norm__key_norm=(("attn.norm_added_k", 1),), txt_attn__norm__key_norm=(("attn.norm_k", 1),)
    ),
    "the text's network for the picture's": double_blocks(
        img_mlp__2=(("ff_context.net.2", 1),), txt_mlp__2=(("ff.net.2", 1),)
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_place_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    network = tiny.transformer()
    folder = claimed(tiny.write(tmp_path / "folder", "FluxPipeline", network))
    right = painted(folder)
    single = claimed(tiny.save_original(network, tmp_path / "flux.safetensors"), folder.files.folder)
    assert gap(painted(single), right) < PARITY
    for name, wrong in FAULTS[fault].items():
        monkeypatch.setattr(original_module, name, wrong)
    assert gap(painted(single), right) > MOVED


def test_other_tensors_in_the_file_are_left_alone(tmp_path: Path, rest: Path) -> None:
    from safetensors.torch import save_file

    tensors = tiny.original(tiny.transformer(), PREFIX)
    plain = tiny.save_original(tiny.transformer(), tmp_path / "plain.safetensors")
    whole = tmp_path / "whole.safetensors"
    save_file({**tensors, "vae.decoder.conv_in.weight": torch.ones(2)}, whole)
    assert gap(painted(claimed(whole, rest)), painted(claimed(plain, rest))) < PARITY
    assert claimed(whole, rest).release.fingerprint() != claimed(plain, rest).release.fingerprint()


@pytest.mark.parametrize(
    ("reads", "name", "pipeline", "title"),
    [
        ("plain", "flux1-dev", "FluxPipeline", "FLUX.1 dev"),
        ("plain", "flux1-kontext-dev", "FluxPipeline", "FLUX.1 Kontext"),
        ("plain", "transformer", "FluxKontextPipeline", "FLUX.1 Kontext"),
        ("fill", "flux1-dev", "FluxPipeline", "FLUX.1 Fill"),
        ("control", "flux1-dev", "FluxKontextPipeline", "FLUX.1 Depth or Canny"),
    ],
)
def test_the_kind_is_the_file_s(tmp_path: Path, reads: str, name: str, pipeline: str, title: str) -> None:
    folder = tiny.write(tmp_path / "rest", pipeline, None)
    family = claimed(tiny.save_original(tiny.transformer(reads), tmp_path / f"{name}.safetensors"), folder)
    assert family.files.variant.title == title


# What is not enough


def test_a_file_alone_says_what_else_is_needed(tmp_path: Path) -> None:
    file = tiny.save_original(tiny.transformer(), tmp_path / "flux1-dev.safetensors")
    with pytest.raises(UnknownModel, match="text_encoder, text_encoder_2, vae, tokenizer, tokenizer_2"):
        claim((file,))


def test_a_folder_without_its_parts_says_which(tmp_path: Path, rest: Path) -> None:
    with pytest.raises(UnknownModel, match=r"without transformer.*\.safetensors"):
        claim((rest,))
    file = tiny.save_original(tiny.transformer(), tmp_path / "flux1-dev.safetensors")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "model_index.json").write_text('{"_class_name": "FluxPipeline"}', encoding="utf-8")
    with pytest.raises(UnknownModel, match="without text_encoder, text_encoder_2, vae"):
        claim((file, tmp_path / "bare"))


@pytest.mark.parametrize("missing", [*original_module.MARKS])
def test_files_of_other_kinds_are_not_claimed(tmp_path: Path, rest: Path, missing: str) -> None:
    """FLUX.2 and Chroma have most of the names, but not these."""
    from safetensors.torch import save_file

    other = tmp_path / "other.safetensors"
    tensors = tiny.original(tiny.transformer())
    save_file({name: tensor for name, tensor in tensors.items() if name != missing}, other)
    assert claim((other,)) is None
    assert claim((other, rest)) is None
    assert claim(()) is None
    (tmp_path / "text.safetensors").write_text("no tensors at all", encoding="utf-8")
    assert claim((tmp_path / "text.safetensors",)) is None
    assert claim((rest, rest)) is None


def test_a_broken_file_is_named(tmp_path: Path, rest: Path) -> None:
    from safetensors.torch import save_file

    tensors = tiny.original(tiny.transformer())
    scaled = {"double_blocks.0.img_mod.lin.scale_weight": torch.ones(1)}  # of a file in 8 bits
    for tamper in (scaled, {"txt_in.bias": None}, {"double_blocks.1.img_mlp.2.weight": None}):
        broken = {name: tensor for name, tensor in {**tensors, **tamper}.items() if tensor is not None}
        save_file(broken, tmp_path / "broken.safetensors")
        with pytest.raises(UnknownModel, match="not a whole FLUX"):
            claim((tmp_path / "broken.safetensors", rest))


# At paper size


def paper(channels: int, guided: bool, layers: int = 19, single_layers: int = 38) -> Any:
    from diffusers import FluxTransformer2DModel

    with torch.device("meta"):
        return FluxTransformer2DModel(
            in_channels=channels,
            out_channels=64,
            guidance_embeds=guided,
            num_layers=layers,
            num_single_layers=single_layers,
        )


@pytest.mark.parametrize("kind", PAPER)
def test_the_config_follows_from_the_shapes(tmp_path: Path, kind: str) -> None:
    channels, guided, count = PAPER[kind]
    network, file = paper(channels, guided), tmp_path / "paper.safetensors"
    names = {
        name: {"dtype": "BF16", "shape": list(t.shape)} for name, t in tiny.original(network, PREFIX).items()
    }
    told = json.dumps(names).encode()
    file.write_bytes(len(told).to_bytes(8, "little") + told)
    config = config_of(shapes_of(file))
    assert {name: config[name] for name in config if name[0] != "_"} == {
        name: list(v) if isinstance(v, tuple) else v for name, v in network.config.items() if name in config
    }
    assert sum(p.numel() for p in load_transformer(file, "meta", "float32").parameters()) == count


def test_every_tensor_goes_where_diffusers_puts_it() -> None:
    """diffusers can only convert the paper's width: the rows are as many, but only two columns wide."""
    from diffusers.loaders.single_file_utils import convert_flux_transformer_checkpoint_to_diffusers

    shapes = {name: tensor.shape for name, tensor in tiny.original(paper(64, True, 2, 2)).items()}
    narrow = {
        name: (torch.arange(float(shape.numel() if len(shape) == 1 else shape[0] * 2)) + 0.5 * index).reshape(
            shape if len(shape) == 1 else (shape[0], 2)
        )
        for index, (name, shape) in enumerate(shapes.items())
    }
    ours = {new: row for name, short in own_names(narrow) for new, row in placed(short, narrow[name]).items()}
    theirs = convert_flux_transformer_checkpoint_to_diffusers(dict(narrow))
    assert set(ours) == set(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
