"""ControlNets of SD3, Hunyuan-DiT and FLUX.1 against diffusers' pipelines over the same tiny folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import (
    FluxControlNetModel,
    FluxControlNetPipeline,
    HunyuanDiT2DControlNetModel,
    HunyuanDiTControlNetPipeline,
    SD3ControlNetModel,
    StableDiffusion3ControlNetPipeline,
)
from diffusers.models.autoencoders import vae
from diffusers.pipelines.controlnet_hunyuandit import pipeline_hunyuandit_controlnet
from torch import Tensor

from sfumato.engine import Commission, board
from sfumato.models._parts import block_control
from sfumato.models.family import Family, UnknownModel, recognise
from sfumato.models.flux import control as flux_control
from sfumato.models.hunyuan import model as hunyuan_model
from sfumato.models.sd3 import control as sd3_control
from sfumato.plan import Plan
from test_families.test_hunyuan_parity import released
from tinies import controlled as tiny
from tinies import flux, hunyuan, sd3
from tinies.adapters import control as for_unet
from tinies.beside import STEPS, start_noise
from tinies.controlled import asked, controlled, given
from tinies.flights import MOVED, PARITY, Tamper, entries, fly, gap, zeroed

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

Folders = tuple[Path, ...]


@dataclass(frozen=True)
class Case:
    """base  writes the model
    nets    writes its ControlNets
    kind    their class; pipe is that of theirs
    paint   theirs of one plan
    timed   whether theirs can be told when they act
    """

    base: Callable[[Path], Folders]
    nets: Sequence[Callable[[Path], Path]]
    kind: Any
    pipe: Any
    paint: Callable[..., Tensor]
    timed: bool = True


def flux_painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    stage, noise = plan.stages[0], start_noise(plan, flux.CHANNELS, flux.FACTOR)
    out = pipe(
        prompt=plan.parts[0].content,
        max_sequence_length=flux.LENGTH,
        num_inference_steps=stage.steps,
        guidance_scale=stage.guidance,
        height=stage.height,
        width=stage.width,
        latents=pipe._pack_latents(noise, *noise.shape),
        output_type="latent",
        **more,
    ).images
    return pipe._unpack_latents(out, stage.height, stage.width, flux.FACTOR)[0]


SD3 = (SD3ControlNetModel, StableDiffusion3ControlNetPipeline, sd3.painted)
HUNYUAN = (HunyuanDiT2DControlNetModel, HunyuanDiTControlNetPipeline, hunyuan.painted, False)
FLUX = (FluxControlNetModel, FluxControlNetPipeline, flux_painted)

CASES = {
    "sd3": Case(sd3.medium, [lambda at: tiny.of_sd3(at, 41), lambda at: tiny.of_sd3(at, 42)], *SD3),
    "sd3.5 large": Case(sd3.large, [lambda at: tiny.of_large(at, 43)], *SD3),
    "hunyuan 1.1": Case(
        hunyuan.version_11, [lambda at: tiny.of_hunyuan(at, 44), lambda at: tiny.of_hunyuan(at, 45)], *HUNYUAN
    ),
    "hunyuan 1.2": Case(hunyuan.version_12, [lambda at: tiny.of_hunyuan(at, 46, sized=False)], *HUNYUAN),
    "flux": Case(flux.dev, [lambda at: tiny.of_flux(at, 47), lambda at: tiny.of_flux(at, 48)], *FLUX),
    "flux, pixels": Case(flux.dev, [lambda at: tiny.of_pixels(at, 49)], *FLUX),
}


@dataclass(frozen=True)
class Opened:
    """Ours and theirs with the same ControlNets, and two plans."""

    case: Case
    family: Family
    model: Any
    pipe: Any
    plans: tuple[Plan, Plan]

    @cached_property
    def theirs(self) -> tuple[Tensor, Tensor]:
        one, two = (self.painted(plan) for plan in self.plans)
        return one, two

    def painted(self, plan: Plan) -> Tensor:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(vae, "randn_tensor", tiny.unspread)
            patch.setattr(pipeline_hunyuandit_controlnet, "get_2d_rotary_pos_embed", released)
            return self.case.paint(self.pipe, plan, **asked(plan, self.case.timed))

    def moved(
        self, plans: Sequence[Plan] | None = None, model: Any = None, tamper: Tamper | None = None
    ) -> tuple[float, ...]:
        """How far ours, flown together, are from theirs: with other plans, another model, other asks."""
        own = plans or self.plans
        flown = fly(model or self.model, own, given(*own), tamper)
        return tuple(gap(x, same) for x, same in zip(flown.x, self.theirs, strict=True))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Opened]]:
    @cache
    def build(name: str) -> Opened:
        case, folder = CASES[name], tmp_path_factory.mktemp("control")
        (base,) = case.base(folder / "base")
        paths = [write(folder) for write in case.nets]
        family = recognise([base, *paths])
        nets = [case.kind.from_pretrained(path) for path in paths]
        without = {"text_encoder_3": None, "tokenizer_3": None} if case.base is sd3.medium else {}
        pipe = case.pipe.from_pretrained(base, controlnet=nets if len(nets) > 1 else nets[0], **without)
        pipe.set_progress_bar_config(disable=True)
        one, two = (controlled(family, which, len(nets), case.timed) for which in (0, 1))
        return Opened(case, family, family.open("cpu", "float32"), pipe, (one, two))

    yield build


# Parity, and that it can fail


@pytest.mark.parametrize("name", CASES)
def test_two_pictures_with_other_scales_in_one_batch(name: str, opened: Callable[[str], Opened]) -> None:
    case = opened(name)
    assert not case.family.check(case.plans[0]) and not case.family.check(case.plans[1])
    assert case.family.accepts >= {"hint"}
    assert max(case.moved()) < PARITY


@pytest.mark.parametrize("name", CASES)
def test_no_entry_can_be_dropped(name: str, opened: Callable[[str], Opened]) -> None:
    case = opened(name)
    leg = board(Commission(case.plans[0], case.model, given(case.plans[0])), 0).leg
    assert leg is not None
    added = [entry for entry in entries(leg.panes[0].conditions.values()) if entry.startswith("control.")]
    assert len(added) == 2 * len(case.plans[0].inputs)
    for entry in added:
        assert case.moved(tamper=zeroed(entry))[0] > MOVED, entry


@pytest.mark.parametrize("name", CASES)
def test_each_row_gets_its_own_scale(name: str, opened: Callable[[str], Opened]) -> None:
    case = opened(name)
    stages = [plan.stages[0] for plan in case.plans]
    swapped = [
        plan.model_copy(update={"stages": (own.model_copy(update={"adapters": other.adapters}),)})
        for plan, own, other in zip(case.plans, stages, stages[::-1], strict=True)
    ]
    assert min(case.moved(swapped)) > MOVED


@pytest.mark.parametrize("name", ["sd3", "hunyuan 1.1", "flux"])
def test_each_reads_its_own_hint(name: str, opened: Callable[[str], Opened]) -> None:
    case = opened(name)
    turned = [plan.model_copy(update={"inputs": plan.inputs[::-1]}) for plan in case.plans]
    assert min(case.moved(turned)) > MOVED


def test_a_row_of_strength_nought_is_as_without(opened: Callable[[str], Opened]) -> None:
    case = opened("sd3")
    plan = case.plans[0]
    off = tuple(own.model_copy(update={"scale": 0.0}) for own in plan.stages[0].adapters)
    silent = plan.model_copy(update={"stages": (plan.stages[0].model_copy(update={"adapters": off}),)})
    bare = plan.model_copy(update={"inputs": ()})
    one, two = (fly(case.model, [own], given(plan)).x[0] for own in (silent, bare))
    assert torch.equal(one, two)
    beside = fly(case.model, [silent, case.plans[1]], given(*case.plans)).x[0]
    assert gap(beside, two) < PARITY


# Traps: what each undoes must be seen


TRAPS = (
    ("sd3", sd3_control, "unpooled", lambda net: False),
    ("sd3.5 large", sd3_control, "unpooled", lambda net: True),
    ("sd3", sd3_control, "encoded", lambda net, space, picture: space.encode(picture)),
    ("hunyuan 1.1", hunyuan_model, "_encoded", lambda net, space, picture: space.encode((picture + 1) / 2)),
    ("flux", flux_control, "encoded", lambda net, space, picture: replace(space, mean=0.0).encode(picture)),
    ("flux, pixels", flux_control, "encoded", lambda net, space, picture: (picture + 1) / 2),
)


@pytest.mark.parametrize(("name", "module", "what", "wrong"), TRAPS)
def test_traps(
    name: str, module: Any, what: str, wrong: Any, opened: Callable[[str], Opened], monkeypatch: Any
) -> None:
    case = opened(name)
    monkeypatch.setattr(module, what, wrong)
    assert min(case.moved(model=case.family.open("cpu", "float32"))) > MOVED


@pytest.mark.parametrize("name", ["sd3", "flux"])
def test_where_few_blocks_add_to_many(
    name: str, opened: Callable[[str], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(name)
    monkeypatch.setattr(block_control, "scaled", lambda part, strength: part)
    assert min(case.moved()) > MOVED
    whole = block_control.spread([torch.tensor(0), torch.tensor(1)], 3, whole=True)
    assert [int(own) for own in whole] == [0, 0, 1]
    some = block_control.spread([torch.tensor(0), torch.tensor(1)], 5)
    assert [int(own) for own in some] == [0, 0, 0, 1, 1]


# What is refused, and what is said


def test_those_of_other_models_are_refused(tmp_path: Path) -> None:
    three, dit, one = tiny.of_sd3(tmp_path, 1), tiny.of_hunyuan(tmp_path, 2), tiny.of_flux(tmp_path, 3)
    unet = for_unet(tmp_path, 4)
    for base, wrong in (
        (sd3.medium, dit),
        (hunyuan.version_11, one),
        (flux.dev, three),
        (sd3.medium, unet),
    ):
        (folder,) = base(tmp_path / base.__name__)
        with pytest.raises(UnknownModel, match="made for another model"):
            recognise([folder, wrong])
    from tinies import sdxl

    (folder,) = sdxl.base(tmp_path / "sdxl")
    with pytest.raises(UnknownModel, match="made for another model"):
        recognise([folder, three]).open("cpu", "float32")


UNFIT = (
    (sd3.medium, lambda at: tiny.of_sd3(at, 5, extra_conditioning_channels=1), "reads a mask too"),
    (
        sd3.medium,
        lambda at: tiny.of_sd3(at, 5, pooled_projection_dim=16),
        "another model",
    ),
    (hunyuan.version_11, lambda at: tiny.of_hunyuan(at, 5, transformer_num_layers=8), "adds to 3 blocks"),
    (flux.dev, lambda at: tiny.of_flux(at, 5, num_mode=3), "many kinds in one"),
    (flux.schnell, lambda at: tiny.of_flux(at, 5), "told the guidance"),
    (flux.dev, lambda at: tiny.of_flux(at, 5, in_channels=32), "another model"),
)


@pytest.mark.parametrize(("base", "net", "words"), UNFIT, ids=[words for *_, words in UNFIT])
def test_what_does_not_fit_is_said(tmp_path: Path, base: Any, net: Any, words: str) -> None:
    (folder,) = base(tmp_path / "base")
    family = recognise([folder, net(tmp_path)])
    with pytest.raises(UnknownModel, match=words):
        family.open("cpu", "float32")


def test_kontext_takes_none(tmp_path: Path) -> None:
    (folder,) = flux.kontext(tmp_path / "base")
    with pytest.raises(UnknownModel, match="reads pictures by itself and takes no ControlNets"):
        recognise([folder, tiny.of_flux(tmp_path, 6)])


def test_hints_and_controlnets_are_counted(opened: Callable[[str], Opened]) -> None:
    case = opened("sd3")
    plan = case.plans[0]
    none = plan.model_copy(update={"inputs": ()})
    assert case.family.check(none) == ()
    assert "2 of this plan's ControlNets will have no effect" in case.family.notes(none)[0]
    many = plan.model_copy(update={"inputs": (*plan.inputs, plan.inputs[0])})
    assert "it uses 2" in case.family.check(many)[0]
    bare = plan.model_copy(update={"stages": (plan.stages[0].model_copy(update={"adapters": ()}),)})
    assert "the plan uses no ControlNet" in case.family.check(bare)[0]


def test_steps_of_the_batch(opened: Callable[[str], Opened]) -> None:
    """Rows with ControlNets of other strengths share passes."""
    case = opened("sd3")
    assert fly(case.model, case.plans, given(*case.plans)).rows == (4,) * STEPS
