"""LoRAs for the systems of one transformer over one latent, against diffusers' or peft's own loading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from sfumato.language import read
from sfumato.models.family import Family, UnknownModel, recognise
from sfumato.plan import Plan, draft
from tinies.adapters import ALPHA, RANK, Half, image_encoder, pairs, write
from tinies.beside import staged
from tinies.flights import MOVED, PARITY, fly, gap

pytestmark = pytest.mark.filterwarnings(
    "ignore:Already found a .peft_config. attribute:UserWarning",
    "ignore::FutureWarning",
    "ignore::DeprecationWarning",
)

STEPS = 3
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_v_proj")
CLIP = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
SCALES = (0.8, -0.5)
"""Of the first plan and of the second."""


class Kind(NamedTuple):
    """variant   of the tinies
    pipeline  of diffusers
    layers    what its LoRA changes, beside attention
    texts     which share passes
    aspect    at which diffusers' pipeline is right
    rows      of every pass
    """

    variant: str
    pipeline: str
    layers: tuple[str, ...]
    texts: tuple[str, str] = ("a red fox in the snow", "two cats and a lighthouse")
    aspect: str = "3:2"
    rows: tuple[int, ...] = (4,) * STEPS


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "sd3": Kind("3", "StableDiffusion3Pipeline", ("ff.net.2", "context_embedder", "norm1.linear")),
        "z_image": Kind("base", "ZImagePipeline", ("w1", "w2", "cap_embedder.1", "all_x_embedder.2-1")),
        "qwen_image": Kind(
            "base",
            "QwenImagePipeline",
            ("img_mlp.net.2", "txt_mlp.net.0.proj", "img_mod.1", "img_in"),
            texts=("a red fox", "a blue car"),
            rows=(2, 2) * STEPS,
        ),
        "pixart": Kind("sigma", "PixArtSigmaPipeline", ("ff.net.0.proj", "caption_projection.linear_1")),
        "hunyuan": Kind(
            "1.2", "HunyuanDiTPipeline", ("ff.net.2", "text_embedder.linear_1", "skip_linear"), aspect="1:1"
        ),
    }
)
LOADERS = frozenset({"sd3", "z_image", "qwen_image"})  # those whose pipeline of diffusers loads LoRAs


@dataclass(frozen=True)
class Opened:
    """Ours with a LoRA, theirs with the same, and what it is made of by network."""

    kind: str
    family: Family
    model: Any
    pipe: Any
    plans: tuple[Plan, Plan]
    lora: Mapping[str, Mapping[str, Half]]

    def theirs(self, number: int, scale: float | None = None) -> Tensor:
        from diffusers.utils.peft_utils import set_weights_and_activate_adapters

        chosen = SCALES[number] if scale is None else scale
        for network in self.lora:
            set_weights_and_activate_adapters(getattr(self.pipe, network), ["lora"], [chosen])
        return import_module(f"tinies.{self.kind}").painted(self.pipe, self.plans[number])


def drawn(pipe: Any, kind: str) -> dict[str, dict[str, Half]]:
    """{network: {layer: pair}}"""
    found = {"transformer": pairs(pipe.transformer, (*ATTENTION, *KINDS[kind].layers), 5, 0.4)}
    if kind == "sd3":
        found |= {
            name: pairs(getattr(pipe, name), CLIP, 6, 0.6) for name in ("text_encoder", "text_encoder_2")
        }
    return found


def named(lora: Mapping[str, Mapping[str, Half]], prefix: str = "{}.") -> dict[str, Tensor]:
    """NETWORK.LAYER.lora_A.weight"""
    return {
        f"{prefix.format(network)}{layer}.lora_{end}.weight": tensor
        for network, halves in lora.items()
        for layer, half in halves.items()
        for end, tensor in (("A", half.down), ("B", half.up))
    }


def load(pipe: Any, kind: str, lora: Mapping[str, Mapping[str, Half]]) -> None:
    """By diffusers where it can; else by peft, which its own training scripts save with."""
    if kind in LOADERS:
        pipe.load_lora_weights(named(lora), adapter_name="lora")
        return
    from peft import LoraConfig, inject_adapter_in_model, set_peft_model_state_dict

    config = LoraConfig(r=RANK, lora_alpha=RANK, target_modules=list(lora["transformer"]))
    inject_adapter_in_model(config, pipe.transformer, "lora")
    found = set_peft_model_state_dict(pipe.transformer, named(lora, ""), "lora")
    assert not found.unexpected_keys


def planned(family: Family, kind: str, number: int, scale: float) -> Plan:
    text = f"{KINDS[kind].texts[number]} --ar {KINDS[kind].aspect}"
    plan = draft(read(text)[0], family.defaults(), entropy=lambda: 7 + number)
    (adapter,) = plan.stages[0].adapters
    return staged(plan, steps=STEPS, adapters=(adapter.model_copy(update={"scale": scale}),))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Opened]:
    pytest.importorskip("peft")

    @cache
    def open_kind(kind: str) -> Opened:
        import diffusers

        folder = tmp_path_factory.mktemp(kind)
        (path,) = VARIANTS[kind](folder)
        without = {"text_encoder_3": None, "tokenizer_3": None} if kind == "sd3" else {}
        pipe = getattr(diffusers, KINDS[kind].pipeline).from_pretrained(path, **without)
        pipe.set_progress_bar_config(disable=True)
        lora = drawn(pipe, kind)
        family = recognise([path, write(folder, "lora", named(lora))])
        load(pipe, kind, lora)
        plans = tuple(planned(family, kind, number, scale) for number, scale in enumerate(SCALES))
        return Opened(kind, family, family.open("cpu", "float32"), pipe, (plans[0], plans[1]), lora)

    return open_kind


def _variant(kind: str) -> Callable[[Path], tuple[Path, ...]]:
    module = import_module(f"tinies.{kind}")
    return module.sigma if kind == "pixart" else module.VARIANTS[KINDS[kind].variant]


VARIANTS = MappingProxyType({kind: _variant(kind) for kind in KINDS})


@pytest.fixture(scope="module")
def theirs(opened: Callable[[str], Opened]) -> Callable[[str, int], Tensor]:
    return cache(lambda kind, number: opened(kind).theirs(number))


@pytest.mark.parametrize("kind", KINDS)
def test_two_plans_in_one_batch_equal_two_runs_of_the_pipeline(opened, theirs, kind: str) -> None:
    both = opened(kind)
    assert [both.family.check(plan) for plan in both.plans] == [(), ()]
    flown = fly(both.model, both.plans)
    assert flown.rows == KINDS[kind].rows  # of different strengths
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(kind, number)) < PARITY
        assert gap(x, theirs(kind, 1 - number)) > MOVED


@pytest.mark.parametrize("scale", [0.0, -0.5, 1.0])
@pytest.mark.parametrize("kind", KINDS)
def test_another_strength_is_seen(opened, theirs, kind: str, scale: float) -> None:
    plan = planned(opened(kind).family, kind, 0, scale)
    x = fly(opened(kind).model, [plan]).x[0]
    assert gap(x, theirs(kind, 0)) > MOVED


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_without_strength_is_to_the_bit_as_without(opened, kind: str) -> None:
    both = opened(kind)
    none = planned(both.family, kind, 0, 0.0)
    plain = fly(both.model, [none, none]).x[0]
    assert gap(plain, both.theirs(0, 0.0)) < PARITY
    other = planned(both.family, kind, 0, 0.7)
    mixed = fly(both.model, [none, other]).x
    assert torch.equal(mixed[0], plain) and gap(mixed[1], plain) > MOVED


def test_the_texts_are_read_through_it_too(opened, theirs, tmp_path: Path) -> None:
    """What SD3's LoRAs change in CLIP."""
    both = opened("sd3")
    for network in ("text_encoder", "text_encoder_2"):
        less = {name: halves for name, halves in both.lora.items() if name != network}
        family = recognise([both.family.path, write(tmp_path, network, named(less))])
        plan = planned(family, "sd3", 0, SCALES[0])
        assert gap(fly(family.open("cpu", "float32"), [plan]).x[0], theirs("sd3", 0)) > MOVED


@pytest.mark.parametrize("kind", KINDS)
def test_an_alpha_in_the_file_counts(opened, theirs, kind: str, tmp_path: Path) -> None:
    """Half the strength twice over is the same; peft's own name for the one network too."""
    both = opened(kind)
    metadata = {} if kind == "sd3" else {"prefix": "base_model.model."}
    alphas = {
        f"{network}.{layer}.alpha": torch.tensor(ALPHA) for network, of in both.lora.items() for layer in of
    }
    halved = {**named(both.lora), **alphas}
    assert ALPHA / RANK == 0.5
    x = painted(both, write(tmp_path, "alpha", halved), 2 * SCALES[0])
    assert gap(x, theirs(kind, 0)) < PARITY
    if metadata:
        same = write(tmp_path, "peft", named(both.lora, metadata["prefix"]))
        assert gap(painted(both, same, SCALES[0]), theirs(kind, 0)) < PARITY


def painted(both: Opened, file: Path, scale: float) -> Tensor:
    family = recognise([both.family.path, file])  # type: ignore[attr-defined]
    return fly(family.open("cpu", "float32"), [planned(family, both.kind, 0, scale)]).x[0]


@pytest.mark.parametrize("kind", KINDS)
def test_what_belongs_to_no_such_model_is_refused(opened, kind: str, tmp_path: Path) -> None:
    path = opened(kind).family.path
    pair = {"lora_A.weight": torch.ones(2, 8), "lora_B.weight": torch.ones(8, 2)}
    file = write(tmp_path, "foreign", {f"transformer.nowhere.{end}": half for end, half in pair.items()})
    with pytest.raises(UnknownModel, match="made for another model: it changes nowhere"):
        recognise([path, file]).open("cpu", "float32")
    with pytest.raises(UnknownModel, match="takes no other adapters: leave it out"):
        recognise([path, image_encoder(tmp_path / "encoder")])
    with pytest.raises(UnknownModel, match="do not belong together"):
        recognise([path, path])
