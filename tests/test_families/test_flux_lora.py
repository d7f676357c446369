"""LoRAs for FLUX.1 under the names of their trainers, against diffusers' own loading of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.language import read
from sfumato.models._parts.adapter_file import kind_of
from sfumato.models._parts.latent_stage import LatentModel
from sfumato.models.family import UnknownModel
from sfumato.models.flux import Flux, claim
from sfumato.models.flux.lora import converted
from sfumato.plan import Adapter, Plan, draft
from tinies import flux as tiny
from tinies.adapters import ALPHA, RANK, Half, write
from tinies.beside import STEPS, staged, start_noise
from tinies.flights import MOVED, PARITY, fly, gap
from tinies.flux_beside import SWAPPED, drawn, kohya, original, peft, words

pytestmark = pytest.mark.filterwarnings("ignore:Already found a .peft_config. attribute:UserWarning")

TEXTS = ("a red fox in the snow", "two cats and a lighthouse")
SCALES = ((0.7, -0.4), (0.25, 0.9))
"""Of both LoRAs in the first plan and in the second."""
FACTOR = ALPHA / RANK


@dataclass(frozen=True)
class Opened:
    family: Flux
    model: LatentModel
    pipe: Any
    plans: tuple[Plan, Plan]

    def theirs(self, number: int, scales: tuple[float, float] | None = None) -> Tensor:
        self.pipe.set_adapters(["first", "second"], list(scales or SCALES[number]))
        plan = self.plans[number]
        stage, noise = plan.stages[0], start_noise(plan, tiny.CHANNELS, tiny.FACTOR)
        out = self.pipe(
            prompt=plan.parts[0].content,
            max_sequence_length=tiny.LENGTH,
            num_inference_steps=stage.steps,
            guidance_scale=stage.guidance,
            height=stage.height,
            width=stage.width,
            latents=self.pipe._pack_latents(noise, *noise.shape),
            output_type="latent",
        ).images
        return self.pipe._unpack_latents(out, stage.height, stage.width, tiny.FACTOR)[0]


def planned(family: Flux, text: str, seed: int, *scales: float, **knobs: Any) -> Plan:
    plan = draft(read(f"{text} --ar 3:2")[0], family.defaults(), entropy=lambda: seed)
    own = zip(plan.stages[0].adapters, scales, strict=True)
    adapters = tuple(adapter.model_copy(update={"scale": scale, **knobs}) for adapter, scale in own)
    return staged(plan, steps=STEPS, adapters=adapters)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("flux")


@pytest.fixture(scope="module")
def dev(folder: Path) -> Path:
    return tiny.dev(folder / "dev")[0]


@pytest.fixture(scope="module")
def opened(folder: Path, dev: Path) -> Opened:
    """Ours with a file of each trainer's names; theirs with the same written as diffusers writes it."""
    pytest.importorskip("peft")
    from diffusers import FluxPipeline

    first, second = drawn(5), drawn(9)
    files = write(folder, "first", kohya(first, words(6))), write(folder, "second", original(second))
    family = claim((dev, *files))
    assert family is not None
    pipe = FluxPipeline.from_pretrained(dev)
    pipe.set_progress_bar_config(disable=True)
    pipe.load_lora_weights(peft(first, words(6), FACTOR), adapter_name="first")
    pipe.load_lora_weights(peft(second, {}), adapter_name="second")
    plans = tuple(planned(family, text, 7 + n, *SCALES[n]) for n, text in enumerate(TEXTS))
    model = family.open("cpu", "float32")
    assert isinstance(model, LatentModel)
    return Opened(family, model, pipe, (plans[0], plans[1]))


@pytest.fixture(scope="module")
def theirs(opened: Opened) -> Callable[[int], Tensor]:
    return cache(opened.theirs)


def test_two_plans_in_one_batch_equal_two_runs_of_the_pipeline(opened: Opened, theirs) -> None:
    assert [opened.family.check(plan) for plan in opened.plans] == [(), ()]
    flown = fly(opened.model, opened.plans)
    assert flown.rows == (2,) * STEPS  # of different strengths
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(number)) < PARITY
        assert gap(x, theirs(1 - number)) > MOVED


@pytest.mark.parametrize("scales", [(0.7, 0.4), (-0.4, 0.7), (0.0, -0.4), (0.7, 0.0)])
def test_other_strengths_are_seen(opened: Opened, theirs, scales: tuple[float, float]) -> None:
    plan = planned(opened.family, TEXTS[0], 7, *scales)
    assert gap(fly(opened.model, [plan]).x[0], theirs(0)) > MOVED


def test_without_strength_it_is_to_the_bit_as_without(opened: Opened, dev: Path) -> None:
    bare = claim((dev,))
    assert bare is not None
    none = planned(opened.family, TEXTS[0], 7, 0.0, 0.0)
    both = [none, planned(opened.family, TEXTS[0], 7, 0.7, 0.0)]
    plain = fly(bare.open("cpu", "float32"), [staged(none, adapters=())] * 2).x[0]
    mixed = fly(opened.model, both).x
    assert torch.equal(mixed[0], plain) and gap(mixed[1], plain) > MOVED


def test_an_interval_ends(opened: Opened) -> None:
    plans = [planned(opened.family, TEXTS[0], 7, 0.0, 0.9, interval=of) for of in ((0, 1), (0, 0.5), (0, 0))]
    whole, half, never = fly(opened.model, plans).x
    without = fly(opened.model, [planned(opened.family, TEXTS[0], 7, 0.0, 0.0)]).x[0]
    assert gap(half, whole) > MOVED and gap(half, without) > MOVED
    assert gap(never, without) < PARITY


# Names


def swapped(lora: dict[str, Half]) -> dict[str, Half]:
    """Shift and scale of the last layer left where the original has them."""
    half = lora[SWAPPED]
    return {**lora, SWAPPED: Half(half.down, half.up.roll(len(half.up) // 2, 0))}


def turned(lora: dict[str, Half], ending: str) -> dict[str, Half]:
    """Queries where the keys are."""
    return {
        name: Half(half.down, half.up.roll(tiny.WIDTH, 0)) if name.endswith(ending) else half
        for name, half in lora.items()
    }


@pytest.mark.parametrize(
    "fault",
    [swapped, lambda lora: turned(lora, "attn.qkv"), lambda lora: turned(lora, "linear1")],
    ids=["last layer not swapped", "queries, keys and values exchanged", "those of single blocks"],
)
def test_a_trap_is_seen(opened: Opened, theirs, dev: Path, tmp_path: Path, fault: Any) -> None:
    files = [write(tmp_path, "first", kohya(fault(drawn(5)), words(6)))]
    family = claim((dev, *files, write(tmp_path, "second", original(fault(drawn(9))))))
    assert family is not None
    plan = planned(family, TEXTS[0], 7, *SCALES[0])
    assert gap(fly(family.open("cpu", "float32"), [plan]).x[0], theirs(0)) > MOVED


def test_an_alpha_left_out_is_seen(opened: Opened, theirs, dev: Path, tmp_path: Path) -> None:
    tensors = {
        name: tensor for name, tensor in kohya(drawn(5), words(6)).items() if not name.endswith("alpha")
    }
    family = claim((dev, write(tmp_path, "first", tensors), write(tmp_path, "second", original(drawn(9)))))
    assert family is not None
    plan = planned(family, TEXTS[0], 7, *SCALES[0])
    assert gap(fly(family.open("cpu", "float32"), [plan]).x[0], theirs(0)) > MOVED


def test_all_names_mean_the_same(dev: Path, tmp_path: Path) -> None:
    """diffusers', Black Forest Labs', and what peft puts before the latter."""
    lora = drawn(5)
    named = {
        "diffusers": peft(lora, {}),
        "original": original(lora),
        "peft": {f"base_model.model.{name}": tensor for name, tensor in original(lora).items()},
    }
    painted = []
    for name, tensors in named.items():
        family = claim((dev, write(tmp_path, name, tensors)))
        assert family is not None
        painted.append(fly(family.open("cpu", "float32"), [planned(family, TEXTS[0], 7, 0.7)]).x[0])
    assert torch.equal(painted[1], painted[2])
    assert gap(painted[0], painted[1]) < PARITY


def test_kohya_s_names_at_real_width_are_read_as_diffusers_reads_them() -> None:
    """Its reader knows only one width; of rank 1 that is small. Their product is what is added."""
    from diffusers.loaders import FluxLoraLoaderMixin

    outputs = {
        "double_blocks_18_img_attn_qkv": (3072, 9216),
        "double_blocks_0_txt_mlp_0": (3072, 12288),
        "double_blocks_3_img_mod_lin": (3072, 18432),
        "single_blocks_37_linear1": (3072, 21504),
        "single_blocks_0_linear2": (15360, 3072),
        "single_blocks_0_modulation_lin": (3072, 9216),
    }
    tensors = {}
    for layer, (wide, high) in outputs.items():
        tensors[f"lora_unet_{layer}.lora_down.weight"] = torch.randn(1, wide)
        tensors[f"lora_unet_{layer}.lora_up.weight"] = torch.randn(high, 1)
        tensors[f"lora_unet_{layer}.alpha"] = torch.tensor(0.5)
    ours, theirs = converted(dict(tensors))[0], FluxLoraLoaderMixin.lora_state_dict(dict(tensors))
    assert {name for name in ours if not name.endswith("alpha")} == set(theirs)
    for name in (name.removesuffix(".lora_A.weight") for name in theirs if name.endswith("lora_A.weight")):
        own, same = (
            found[f"{name}.lora_B.weight"][:64] @ found[f"{name}.lora_A.weight"] for found in (ours, theirs)
        )
        assert gap(own * float(ours[f"{name}.alpha"]), same) < PARITY


# What is refused


def test_files_that_are_no_loras_of_flux(dev: Path, tmp_path: Path) -> None:
    def opening(tensors: dict[str, Tensor]) -> None:
        file = write(tmp_path, "foreign", tensors)
        assert kind_of(file) == "lora"
        family = claim((dev, file))
        assert family is not None
        family.open("cpu", "float32")

    pair = {"lora_A.weight": torch.ones(2, 64), "lora_B.weight": torch.ones(64, 2)}
    for layer, said in (
        ("diffusion_model.double_blocks.0.img_attn.other", "img_attn.other"),
        ("diffusion_model.double_blocks.7.img_attn.proj", "which this one does not have"),
        ("transformer.blocks.0.attn.to_q", "which this one does not have"),
        ("text_encoder_2.encoder.layer", "changes a network 'text_encoder_2'"),
    ):
        with pytest.raises(UnknownModel, match=said):
            opening({f"{layer}.{end}": tensor for end, tensor in pair.items()})
    with pytest.raises(UnknownModel, match="inputs and 10 outputs"):
        opening(
            {"transformer.x_embedder.lora_A.weight": torch.ones(2, 64)}
            | {"transformer.x_embedder.lora_B.weight": torch.ones(10, 2)}
        )


def test_an_adapter_that_is_not_here_is_refused(opened: Opened) -> None:
    plan = staged(opened.plans[0], adapters=(Adapter(weights="a" * 64),))
    assert any("an adapter (aaaaaaaaaaaa…) that is not here" in said for said in opened.family.check(plan))
