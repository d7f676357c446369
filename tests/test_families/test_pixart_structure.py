"""PixArt without its weights: paper-size counts, schedules, sizes, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch

from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path, steps
from sfumato.models.family import UnknownModel
from sfumato.models.pixart import PixArt, claim
from sfumato.models.pixart.model import sizes
from sfumato.plan import Adapter, Input
from tinies import pixart as tiny
from tinies.beside import planned, staged
from tinies.flights import fly
from tinies.released import T5_COUNT, T5_XXL, VAE, VAE_COUNT, Part, paper

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

TRANSFORMER = MappingProxyType(
    {
        "num_attention_heads": 16,
        "attention_head_dim": 72,
        "in_channels": 4,
        "out_channels": 8,
        "num_layers": 28,
        "cross_attention_dim": 1152,
        "attention_bias": True,
        "sample_size": 128,
        "patch_size": 2,
        "activation_fn": "gelu-approximate",
        "num_embeds_ada_norm": 1000,
        "norm_type": "ada_norm_single",
        "norm_elementwise_affine": False,
        "norm_eps": 1e-6,
        "caption_channels": 4096,
    }
)
SCHEDULER = MappingProxyType(
    {
        "_class_name": "DPMSolverMultistepScheduler",
        "algorithm_type": "dpmsolver++",
        "beta_start": 0.0001,
        "beta_end": 0.02,
        "beta_schedule": "linear",
        "solver_order": 2,
        "timestep_spacing": "linspace",
    }
)
CAPTIONS = 4096 * 1152 + 1152 + 1152 * 1152 + 1152
"""The two layers through which T5's tokens come in. Counts are often given without them."""
PLAIN = {"use_additional_conditions": False}
PAPER = {
    "alpha 256": ("PixArtAlphaPipeline", {"sample_size": 32}, 604_808_096),
    "alpha 512": ("PixArtAlphaPipeline", {"sample_size": 64}, 604_808_096),
    "alpha 1024": ("PixArtAlphaPipeline", {}, 605_301_152),
    "sigma 1024": ("PixArtSigmaPipeline", PLAIN, 604_808_096),
    "sigma 2048": ("PixArtSigmaPipeline", {"sample_size": 256, **PLAIN}, 604_808_096),
}


def parts(kind: str) -> dict[str, Part]:
    """Releases of α name the class out of which PixArt's own was taken."""
    pipeline, changes, _ = PAPER[kind]
    name = "Transformer2DModel" if pipeline == "PixArtAlphaPipeline" else "PixArtTransformer2DModel"
    return {
        "scheduler": ("diffusers", "DPMSolverMultistepScheduler", SCHEDULER),
        "text_encoder": ("transformers", "T5EncoderModel", T5_XXL),
        "tokenizer": ("transformers", "T5Tokenizer", {}),
        "transformer": ("diffusers", name, {**TRANSFORMER, **changes}),
        "vae": ("diffusers", "AutoencoderKL", VAE),
    }


def test_the_published_size() -> None:
    assert round((PAPER["alpha 1024"][2] + CAPTIONS) / 1e6) == 611


@pytest.mark.parametrize("kind", PAPER)
def test_paper_size(tmp_path: Path, kind: str) -> None:
    pipeline, _, count = PAPER[kind]
    folder = paper(tmp_path, pipeline, parts(kind))
    assert parameters(Repository(folder)) == {
        "transformer": count + CAPTIONS,
        "vae": VAE_COUNT,
        "text_encoder": T5_COUNT,
    }
    family = claim((folder,))
    assert family is not None and family.release.side == int(kind.split()[1])
    assert family.release.multiple == 16
    assert family.missing() == tuple(tmp_path / name for name in family.release.networks)


def test_one_modulation_for_all_blocks_saves_a_quarter() -> None:
    """As DiT has it, every block has a matrix of its own: 833M (Chen et al. 2023, Section 2.3)."""
    width, blocks, shared = 1152, 28, PAPER["alpha 1024"][2] + CAPTIONS
    own = 6 * width * width + 6 * width
    each = shared - own - 6 * width * blocks + blocks * own
    assert round(1 - shared / each, 2) == 0.26 and round(each / 1e6) == 826


# Schedule


@pytest.mark.parametrize("n", [2, 4, 14, 20, 50])
def test_times_are_those_of_the_release(n: int) -> None:
    from diffusers import DPMSolverMultistepScheduler

    scheduler = DPMSolverMultistepScheduler.from_config(dict(SCHEDULER))
    scheduler.set_timesteps(n)
    path, walk = noise_path(SCHEDULER), steps(SCHEDULER)
    assert tuple(walk) == ("dpm++2m", "linspace-open")
    times = path.times(n, walk.schedule)
    assert [path.net_time(t) for t in times[:-1]] == scheduler.timesteps.tolist()
    levels = np.array([path.ratio(t) for t in times])
    assert np.abs(levels / scheduler.sigmas.double().numpy().clip(1e-9) - 1)[:-1].max() < 2e-4
    assert [round(t) for t in path.times(n, "trailing")] != [round(t) for t in times] or n == 2


def test_the_last_time_is_almost_pure_noise() -> None:
    path = noise_path(SCHEDULER)
    assert path.alpha(1000) ** 2 == pytest.approx(4.04e-5, rel=2e-3)
    assert path.ratio(1000) == pytest.approx(157.4, rel=1e-3)


# What it reads, refuses and leaves out


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> PixArt:
    found = claim(tiny.alpha(tmp_path_factory.mktemp("alpha")))
    assert found is not None
    return found


def test_height_comes_first(family: PixArt) -> None:
    stage = planned(family, "a fox", 7).stages[0].model_copy(update={"width": 1344, "height": 768})
    numbers = sizes(stage)
    assert numbers["resolution"].tolist() == [768, 1344]
    assert numbers["aspect_ratio"].tolist() == pytest.approx([768 / 1344])


def test_defaults_are_the_release_s(family: PixArt) -> None:
    defaults = family.defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance, stage.shift) == (20, 4.5, 1.0)
    assert (defaults.pixels, defaults.multiple, defaults.maximum_aspect) == (64 * 64, 8, 4)


def test_the_text_is_as_long_as_released(tmp_path: Path) -> None:
    from sfumato.models._parts.masked_words import masked_words
    from tinies.latents import t5
    from tinies.words import t5_tokenizer

    words = t5_tokenizer(512)
    for length in (120, 300):
        tokens, shown = masked_words(words, t5(words), "a red fox " * 500, length)
        assert tokens.shape == (length, 32) and shown.tolist() == [1] * length
    shown = masked_words(words, t5(words), "a red fox", 300)[1]
    assert shown.tolist() == [1] * 4 + [0] * 296  # three words and the end
    assert [claim((paper(tmp_path / kind[:5], PAPER[kind][0], parts(kind)),)).variant.length  # pyright: ignore
            for kind in ("alpha 1024", "sigma 1024")] == [120, 300]  # fmt: skip


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"weights": "0" * 64}, "needs other base weights"),
    ({"start": 0.5}, "give it a start picture"),
    ({"adapters": (Adapter(weights="0" * 64),)}, "an adapter"),
    ({"image_guidance": 1.5}, "image guidance"),
    ({"augment": 0.1}, "augment"),
    ({"width": 68}, "multiples of 8"),
)


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_refused(family: PixArt, change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in family.check(planned(family, "a fox", 7, **change)))


def test_a_picture_that_is_not_seen_is_said(family: PixArt) -> None:
    start = (Input(role="start", hash="1" * 64),)
    plan = planned(family, "a fox", 7).model_copy(update={"inputs": start})
    assert "no effect" in family.notes(plan)[0]
    assert family.notes(staged(plan, start=0.5)) == family.notes(planned(family, "a fox", 7)) == ()
    hinted = plan.model_copy(update={"inputs": (Input(role="hint", hash="1" * 64),)})
    assert any("cannot take a picture as hint" in sentence for sentence in family.check(hinted))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = paper(tmp_path, "PixArtAlphaPipeline", parts("alpha 256"))
    (folder / "tokenizer" / "tokenizer_config.json").unlink()
    (folder / "tokenizer").rmdir()
    with pytest.raises(UnknownModel, match="without tokenizer"):
        claim((folder,))
    assert claim(()) is None and claim((tmp_path / "vae",)) is None


def test_rows_of_different_guidance_share_a_pass(family: PixArt) -> None:
    model = family.open("cpu", "float32")
    plans = [planned(family, "a fox", 7, guidance=g) for g in (2.0, 6.0)]
    flown = fly(model, plans)
    assert set(flown.rows) == {4} and not torch.equal(*flown.x)
    model.close()


def test_no_torch_before_open(family: PixArt) -> None:
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.pixart import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.notes(plan), family.missing(), family.accepts, family.summary)\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    told = [sys.executable, "-c", code, str(family.path)]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("() () () frozenset({'start'}) PixArt-α")
    assert done.stdout.splitlines()[1] == "False"
