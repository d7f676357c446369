"""Kandinsky 3 without its weights: paper-size counts, schedule, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from sfumato.models._parts.limits import Limits, limits_of
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path, steps
from sfumato.models.family import UnknownModel
from sfumato.models.kandinsky3 import Kandinsky3, claim
from sfumato.models.kandinsky3.texts import filled
from sfumato.plan import Adapter, Input
from tinies import kandinsky3 as tiny
from tinies.beside import planned, staged
from tinies.released import Part, paper

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

UNET = MappingProxyType(
    {
        "in_channels": 4,
        "time_embedding_dim": 1536,
        "groups": 32,
        "attention_head_dim": 64,
        "layers_per_block": 3,
        "block_out_channels": (384, 768, 1536, 3072),
        "cross_attention_dim": 4096,
        "encoder_hid_dim": 4096,
    }
)
MOVQ = MappingProxyType(
    {
        "block_out_channels": (256, 512, 512, 1024),
        "down_block_types": ("DownEncoderBlock2D",) * 3 + ("AttnDownEncoderBlock2D",),
        "up_block_types": ("AttnUpDecoderBlock2D",) + ("UpDecoderBlock2D",) * 3,
        "layers_per_block": 2,
        "latent_channels": 4,
        "vq_embed_dim": 4,
        "num_vq_embeddings": 16384,
        "norm_type": "spatial",
    }
)
FLAN_UL2 = MappingProxyType(
    {
        "d_model": 4096,
        "d_ff": 16384,
        "d_kv": 256,
        "num_heads": 16,
        "num_layers": 32,
        "feed_forward_proj": "gated-silu",
        "vocab_size": 32128,
    }
)
SCHEDULER = MappingProxyType(
    {
        "_class_name": "DDPMScheduler",
        "beta_schedule": "squaredcos_cap_v2",
        "thresholding": True,
        "dynamic_thresholding_ratio": 0.99,
        "sample_max_value": 100.0,
    }
)
PARTS: dict[str, Part] = {
    "scheduler": ("diffusers", "DDPMScheduler", SCHEDULER),
    "text_encoder": ("transformers", "T5EncoderModel", FLAN_UL2),
    "tokenizer": ("transformers", "T5Tokenizer", {}),
    "unet": ("diffusers", "Kandinsky3UNet", UNET),
    "movq": ("diffusers", "VQModel", MOVQ),
}


def test_paper_size(tmp_path: Path) -> None:
    folder = paper(tmp_path, "Kandinsky3Pipeline", PARTS)
    assert parameters(Repository(folder)) == {
        "text_encoder": 8_721_797_632,
        "unet": 3_055_348_228,
        "movq": 270_669_103,
    }
    family = claim((folder,))
    assert family is not None and (family.release.side, family.release.multiple) == (1024, 64)
    assert family.missing() == tuple(tmp_path / name for name in family.release.networks)


@pytest.mark.parametrize("n", [2, 25, 50])
def test_times_are_those_of_the_release(n: int) -> None:
    from diffusers import DDPMScheduler

    scheduler = DDPMScheduler.from_config(dict(SCHEDULER))
    scheduler.set_timesteps(n)
    path, walk = noise_path(SCHEDULER), steps(SCHEDULER)
    assert tuple(walk) == ("ddpm", "leading")
    assert [path.net_time(t) for t in path.times(n, walk.schedule)[:-1]] == scheduler.timesteps.tolist()


def test_clean_latents_are_limited_as_by_its_scheduler() -> None:
    from diffusers import DDPMScheduler

    scheduler = DDPMScheduler.from_config(dict(SCHEDULER))
    x0 = 3 * torch.randn(4, 12, 20, generator=torch.Generator().manual_seed(1))
    theirs = scheduler._threshold_sample(x0[None])[0]
    assert limits_of(SCHEDULER).apply(x0).allclose(theirs, atol=1e-6)
    assert not Limits(1.0).apply(x0).allclose(theirs, atol=1e-2)


# What it reads, refuses and leaves out


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Kandinsky3:
    found = claim(tiny.base(tmp_path_factory.mktemp("tiny")))
    assert found is not None
    return found


def test_defaults_are_the_release_s(family: Kandinsky3) -> None:
    defaults = family.defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance, stage.sampler) == (25, 4.0, "ddpm")
    assert (defaults.pixels, defaults.multiple, defaults.maximum_aspect) == (80 * 80, 8, 3)


def test_a_text_ends_one_place_behind_its_words(family: Kandinsky3) -> None:
    read = family.open("cpu", "float32").stages[0].read  # pyright: ignore[reportAttributeAccessIssue]
    fox = read("a red fox")
    assert fox["shown"].tolist() == [1, 1, 1, 1, 0]  # three words and their end
    assert fox["text"].shape == (5, tiny.WORDS) and fox["text"][-1].eq(0).all()
    assert fox["text"][:-1].ne(0).all()
    assert read("a red fox " * 90)["shown"].tolist() == [1] * 128


def test_nothing_is_as_long_as_the_longest_text() -> None:
    text = {"text": torch.ones(3, 2), "shown": torch.tensor([1, 1, 0])}
    blank, longer, whole = (
        filled(text, 5, blank=True),
        filled(text, 5, blank=False),
        filled(text, 2, blank=False),
    )
    assert blank["text"].shape == (5, 2) and not blank["text"].any() and not blank["shown"].any()
    assert longer["text"].sum(1).tolist() == [2, 2, 2, 0, 0] and longer["shown"].tolist() == [1, 1, 0, 0, 0]
    assert whole["shown"].tolist() == [1, 1, 0] and blank["shown"].dtype == whole["shown"].dtype


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"weights": "0" * 64}, "needs other base weights"),
    ({"start": 0.5}, "give it a start picture"),
    ({"adapters": (Adapter(weights="0" * 64),)}, "an adapter"),
    ({"augment": 0.1}, "augment"),
    ({"width": 76}, "multiples of 8"),
    ({"clip_skip": 1}, "clip_skip"),
)


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_refused(family: Kandinsky3, change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in family.check(planned(family, "a fox", 7, **change)))


def test_a_picture_that_is_not_seen_is_said(family: Kandinsky3) -> None:
    start = (Input(role="start", hash="1" * 64),)
    plan = planned(family, "a fox", 7).model_copy(update={"inputs": start})
    assert "no effect" in family.notes(plan)[0]
    assert family.notes(staged(plan, start=0.5)) == ()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = paper(tmp_path, "Kandinsky3Pipeline", {name: PARTS[name] for name in PARTS if name != "movq"})
    with pytest.raises(UnknownModel, match="without movq"):
        claim((folder,))
    assert claim(()) is None and claim((tmp_path / "unet",)) is None
