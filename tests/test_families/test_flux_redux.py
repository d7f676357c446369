"""FLUX.1 Redux against diffusers' two pipelines over the same tiny files: pictures that speak as words do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.language import read
from sfumato.models._parts.latent_stage import LatentModel
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.flux import Flux, claim
from sfumato.models.flux import spoken as spoken_module
from sfumato.models.flux.redux import EMBEDDER
from sfumato.plan import Input, Plan, draft
from tinies import flux as tiny
from tinies.adapted import picture, shown
from tinies.beside import STEPS, staged, start_noise
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.flux_beside import write_redux
from tinies.released import paper

FOX, CATS = "a red fox in the snow", "two cats and a lighthouse"
WEIGHTS = ((1.0,), (0.3, 0.7))
"""Of the references of the first plan and of the second."""


@dataclass(frozen=True)
class Opened:
    """Ours, theirs (what reads pictures and what paints), two plans and all pictures by hash."""

    family: Flux
    model: LatentModel
    prior: Any
    pipe: Any
    plans: tuple[Plan, Plan]
    given: dict[str, Tensor]

    def theirs(self, plan: Plan) -> Tensor:
        """What the two released pipelines make of a plan."""
        return self.painted(plan, *self.said(plan, tuple(item.weight for item in plan.inputs)))

    def said(self, plan: Plan, weights: tuple[float, ...]) -> tuple[Tensor, Tensor]:
        """Words with pictures behind them, and the pooled words; weights that add up to 1 leave words be."""
        out = self.prior(
            [shown(self.given[item.hash]) for item in plan.inputs],
            prompt=[plan.parts[0].content] * len(weights),
            prompt_embeds_scale=list(weights),
            pooled_prompt_embeds_scale=list(weights),
        )
        return out.prompt_embeds, out.pooled_prompt_embeds

    def painted(self, plan: Plan, words: Tensor, pooled: Tensor) -> Tensor:
        stage = plan.stages[0]
        noise = start_noise(plan, tiny.CHANNELS, tiny.FACTOR)
        out = self.pipe(
            prompt_embeds=words,
            pooled_prompt_embeds=pooled,
            num_inference_steps=stage.steps,
            guidance_scale=stage.guidance,
            height=stage.height,
            width=stage.width,
            latents=self.pipe._pack_latents(noise, *noise.shape),
            output_type="latent",
        ).images
        return self.pipe._unpack_latents(out, stage.height, stage.width, tiny.FACTOR)[0]

    def apart(self, theirs: Tensor, tamper: Tamper | None = None, plan: Plan | None = None) -> float:
        return gap(fly(self.model, [plan or self.plans[0]], self.given, tamper).x[0], theirs)


def planned(family: Flux, text: str, seed: int, weights: tuple[float, ...]) -> Plan:
    plan = draft(read(f"{text} --ar 3:2")[0], family.defaults(), entropy=lambda: seed)
    inputs = tuple(
        Input(role="reference", hash=f"{seed}{index}" * 32, weight=weight)
        for index, weight in enumerate(weights)
    )
    return staged(plan, steps=STEPS).model_copy(update={"inputs": inputs})


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    from diffusers import FluxPipeline, FluxPriorReduxPipeline

    folder = tmp_path_factory.mktemp("redux")
    # The released prior reads 512 tokens of text, whatever it is told.
    paths = (
        tiny.write(folder / "dev", "FluxPipeline", tiny.transformer(), 512),
        write_redux(folder / "redux"),
    )
    family = claim(paths)
    assert family is not None
    pipe, prior = FluxPipeline.from_pretrained(paths[0]), FluxPriorReduxPipeline.from_pretrained(paths[1])
    pipe.set_progress_bar_config(disable=True)
    prior.register_modules(text_encoder=pipe.text_encoder, tokenizer=pipe.tokenizer)
    prior.register_modules(text_encoder_2=pipe.text_encoder_2, tokenizer_2=pipe.tokenizer_2)
    plans = tuple(planned(family, *of) for of in ((FOX, 7, WEIGHTS[0]), (CATS, 8, WEIGHTS[1])))
    given = {item.hash: picture(int(item.hash[:2])) for plan in plans for item in plan.inputs}
    model = family.open("cpu", "float32")
    assert isinstance(model, LatentModel)
    return Opened(family, model, prior, pipe, (plans[0], plans[1]), given)


@pytest.fixture(scope="module")
def theirs(opened: Opened) -> Callable[[int], Tensor]:
    return cache(lambda number: opened.theirs(opened.plans[number]))


def test_two_plans_in_one_batch_equal_two_runs_of_the_pipelines(opened: Opened, theirs) -> None:
    assert [opened.family.check(plan) for plan in opened.plans] == [(), ()]
    flown = fly(opened.model, opened.plans, opened.given)
    assert flown.rows == (2,) * STEPS  # one reference and two share a pass
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(number)) < PARITY
        assert gap(x, theirs(1 - number)) > MOVED


@pytest.mark.parametrize("entry", ["guidance", "pooled", "shown", "text"])
def test_every_entry_reaches_the_picture(opened: Opened, theirs, entry: str) -> None:
    assert opened.apart(theirs(0), zeroed(entry)) > MOVED


def with_weights(plan: Plan, *weights: float) -> Plan:
    inputs = [
        item.model_copy(update={"weight": weight}) for item, weight in zip(plan.inputs, weights, strict=True)
    ]
    return plan.model_copy(update={"inputs": tuple(inputs)})


def test_a_weight_acts_on_its_picture_alone(opened: Opened, theirs) -> None:
    plan = with_weights(opened.plans[0], 0.6)
    words, pooled = opened.said(plan, (1.0,))
    words[:, 512:] *= 0.6
    ours = opened.painted(plan, words, pooled)
    assert opened.apart(ours, plan=plan) < PARITY
    assert gap(ours, theirs(0)) > MOVED


def test_weights_above_1_are_shares(opened: Opened, theirs) -> None:
    """So a blend of two pictures is as loud as one."""
    plan = with_weights(opened.plans[1], 0.6, 1.4)
    assert opened.apart(theirs(1), plan=plan) < PARITY
    words, pooled = opened.said(plan, (0.3, 0.7))
    words[:, 512:] *= 2
    assert gap(opened.painted(plan, words, pooled), theirs(1)) > MOVED


def test_exchanged_weights_are_seen(opened: Opened, theirs) -> None:
    assert opened.apart(theirs(1), plan=with_weights(opened.plans[1], 0.7, 0.3)) > MOVED


def test_without_references_it_is_dev(opened: Opened) -> None:
    plan = opened.plans[0].model_copy(update={"inputs": ()})
    words, pooled, _ = opened.pipe.encode_prompt(FOX, None, max_sequence_length=512)
    theirs = opened.painted(plan, words, pooled)
    assert opened.apart(theirs, plan=plan) < PARITY
    assert opened.apart(theirs) > MOVED


# Traps


def before(length: int) -> Tensor:
    """Places as if what pictures say were counted."""
    return torch.arange(length).float()[:, None].expand(-1, 3)


def test_what_pictures_say_has_no_place(opened: Opened, theirs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoken_module, "text_places", before)
    assert opened.apart(theirs(0)) > MOVED


def other_eye(opened: Opened, **changes: Any) -> LatentModel:
    pictures: Any = opened.model.stage.pictures
    redux = replace(pictures.redux, **changes)
    return replace(opened.model, stage=replace(opened.model.stage, pictures=replace(pictures, redux=redux)))


def test_the_layer_before_the_last_is_another(opened: Opened, theirs) -> None:
    """IP-Adapters look there; Redux looks at the last, with its norm."""
    pictures: Any = opened.model.stage.pictures

    class Earlier:
        config, offloaded = pictures.redux.eye.config, None

        def parameters(self) -> Any:
            return pictures.redux.eye.parameters()

        def __call__(self, values: Tensor) -> Any:
            seen = pictures.redux.eye(values, output_hidden_states=True)
            return type("Seen", (), {"last_hidden_state": seen.hidden_states[-2]})

    model = other_eye(opened, eye=Earlier())
    assert gap(fly(model, opened.plans[:1], opened.given).x[0], theirs(0)) > MOVED


def test_pictures_are_squeezed_into_the_eye_s_square(opened: Opened, theirs) -> None:
    """Not cut to it, as CLIP's are."""

    def cut(picture: Any, **more: Any) -> Any:
        side = min(picture.shape[:2])
        return pictures.redux.processor(picture[:side, :side], **more)

    pictures: Any = opened.model.stage.pictures
    model = other_eye(opened, processor=cut)
    assert gap(fly(model, opened.plans[:1], opened.given).x[0], theirs(0)) > MOVED


# Files

EYE = MappingProxyType(
    {
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 27,
        "num_attention_heads": 16,
        "image_size": 384,
        "patch_size": 14,
        "hidden_act": "gelu_pytorch_tanh",
    }
)
PARTS = MappingProxyType(
    {
        "image_encoder": ("transformers", "SiglipVisionModel", EYE),
        "image_embedder": ("flux", "ReduxImageEncoder", {"redux_dim": 1152, "txt_in_features": 4096}),
    }
)


def test_paper_size(tmp_path: Path) -> None:
    here = Repository(paper(tmp_path, "FluxPriorReduxPipeline", PARTS))
    assert parameters(here) == {"image_encoder": 428_225_600}
    embedder = here.load("image_embedder", device="meta", cls=EMBEDDER)
    assert sum(parameter.numel() for parameter in embedder.parameters()) == 64_503_808
    assert (EYE["image_size"] // EYE["patch_size"]) ** 2 == 729


def test_which_files_make_it(opened: Opened, tmp_path: Path) -> None:
    dev, redux = opened.family.files.folder, opened.family.files.redux
    assert redux is not None
    assert claim((redux, dev)) == claim((dev, redux)) == opened.family
    assert opened.family.summary.startswith("FLUX.1 dev (dev with redux)")
    alone = claim((dev,))
    assert alone is not None and alone.release.fingerprint() != opened.family.release.fingerprint()
    assert (alone.accepts, opened.family.accepts) == ({"start"}, {"start", "reference"})
    with pytest.raises(UnknownModel, match=r"name the folder of FLUX\.1 dev or schnell too"):
        claim((redux,))
    (kontext,) = tiny.kontext(tmp_path / "kontext")
    with pytest.raises(UnknownModel, match="reads references by itself: leave out redux"):
        claim((kontext, redux))


def test_weights_are_read_and_missing_ones_named(opened: Opened, tmp_path: Path) -> None:
    assert opened.family.notes(with_weights(opened.plans[0], 0.6)) == ()
    folder = paper(tmp_path, "FluxPriorReduxPipeline", PARTS)
    family = claim((opened.family.files.folder, folder))
    assert family is not None
    assert family.missing() == (folder / "image_encoder", folder / "image_embedder")
