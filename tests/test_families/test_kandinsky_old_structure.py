"""Kandinsky 2.1 without its weights: sizes, words, files, and how it is told from 2.2."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from sfumato.engine import NoisePath
from sfumato.models._parts.limits import Limits, limits_of
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path, steps
from sfumato.models.family import UnknownModel, recognise
from sfumato.models.kandinsky import claim
from sfumato.models.kandinsky.files import Half
from sfumato.models.kandinsky.words import NETWORK, open_multilingual
from tinies import kandinsky as tiny
from tinies.flights import MOVED, gap
from tinies.released import paper

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

UNET = MappingProxyType(
    {
        "sample_size": 64,
        "in_channels": 4,
        "out_channels": 8,
        "down_block_types": ["ResnetDownsampleBlock2D", *["SimpleCrossAttnDownBlock2D"] * 3],
        "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
        "up_block_types": [*["SimpleCrossAttnUpBlock2D"] * 3, "ResnetUpsampleBlock2D"],
        "block_out_channels": [384, 768, 1152, 1536],
        "layers_per_block": 3,
        "cross_attention_dim": 768,
        "attention_head_dim": 64,
        "resnet_time_scale_shift": "scale_shift",
        "encoder_hid_dim": 1024,
        "encoder_hid_dim_type": "text_image_proj",
        "addition_embed_type": "text_image",
    }
)
MCLIP = MappingProxyType(
    {
        "vocab_size": 250002,
        "hidden_size": 1024,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "intermediate_size": 4096,
        "max_position_embeddings": 514,
        "type_vocab_size": 1,
        "transformerDimensions": 1024,
        "numDims": 768,
    }
)
SCHEDULER = MappingProxyType(
    {
        "_class_name": "DDIMScheduler",
        "num_train_timesteps": 1000,
        "beta_schedule": "linear",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "clip_sample": False,
        "set_alpha_to_one": False,
        "steps_offset": 1,
        "prediction_type": "epsilon",
        "thresholding": False,
    }
)
"""As it was released."""


def released(folder: Path, task: str = "", **changes: Any) -> Path:
    parts = {
        "unet": ("diffusers", "UNet2DConditionModel", {**UNET, **changes}),
        "text_encoder": ("kandinsky", "MultilingualCLIP", MCLIP),
        "scheduler": ("diffusers", "DDIMScheduler", SCHEDULER),
    }
    return paper(folder, f"Kandinsky{task}Pipeline", parts)


@pytest.mark.parametrize(
    ("task", "changes", "count"),
    [("", {}, 1_228_661_768), ("Inpaint", {"in_channels": 9}, 1_228_661_768 + 5 * 9 * 384)],
)
def test_decoders_have_their_published_size(
    tmp_path: Path, task: str, changes: Mapping[str, Any], count: int
) -> None:
    folder = released(tmp_path / "decoder", task, **changes)
    assert parameters(Repository(folder)) == {"unet": count}
    words = Half(folder).load("text_encoder", "meta", "float32", NETWORK)
    assert sum(parameter.numel() for parameter in words.parameters()) == 560_677_632


def test_the_prior_has_its_published_size(tmp_path: Path) -> None:
    folder = paper(
        tmp_path / "prior", "KandinskyPriorPipeline", {"prior": ("diffusers", "PriorTransformer", {})}
    )
    assert parameters(Repository(folder)) == {"prior": 1_022_030_080}


def test_the_decoder_looks_at_words_and_ten_tokens_of_a_picture(tmp_path: Path) -> None:
    unet = Repository(released(tmp_path / "decoder")).load("unet", "meta")
    assert unet.encoder_hid_proj.num_image_text_embeds == 10
    assert unet.encoder_hid_proj.text_proj.in_features == 1024
    assert unet.add_embedding.text_proj.in_features == unet.add_embedding.image_proj.in_features == 768


def test_the_released_scheduler() -> None:
    assert noise_path(SCHEDULER) == NoisePath("vp", "eps", table="linear", beta=(0.00085, 0.012))
    assert steps(SCHEDULER) == ("ddim", "leading+1")
    assert limits_of(SCHEDULER) == Limits()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    root = tmp_path_factory.mktemp("kandinsky")
    prior, decoder = tiny.old(root / "old")
    return {
        "prior": prior,
        "decoder": decoder,
        "new prior": tiny.prior(root / "new", tiny.prior_parts()),
        "new decoder": tiny.decoder(root / "newer"),
    }


def test_releases_are_not_mixed(folders: Mapping[str, Path]) -> None:
    for names in (("prior", "new decoder"), ("decoder", "new prior")):
        with pytest.raises(UnknownModel, match=r"of Kandinsky 2\.1 and 2\.2, whose image embeddings"):
            claim(tuple(folders[name] for name in names))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("prior", "prior of Kandinsky 2.1, .*kandinsky-2-1 or"),
        ("decoder", "decoder of Kandinsky 2.1, .*kandinsky-2-1-prior"),
        ("new prior", "prior of Kandinsky 2.2, .*kandinsky-2-2-decoder"),
        ("new decoder", "decoder of Kandinsky 2.2, .*kandinsky-2-2-prior"),
    ],
)
def test_half_a_model_is_refused(folders: Mapping[str, Path], name: str, sentence: str) -> None:
    with pytest.raises(UnknownModel, match=sentence):
        claim((folders[name],))


def test_the_words_are_weights_too(folders: Mapping[str, Path], tmp_path: Path) -> None:
    """Another text encoder is another decoder, and without one it cannot be opened."""
    family = recognise([folders["prior"], folders["decoder"]])
    assert "2.1" in family.summary and family.missing() == ()
    prior, decoder = tiny.old(tmp_path)
    before = recognise([prior, decoder]).defaults().stages[1].weights
    assert before == family.defaults().stages[1].weights
    (file,) = (decoder / "text_encoder").glob("*.safetensors")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert recognise([prior, decoder]).defaults().stages[1].weights != before
    file.unlink()
    assert recognise([prior, decoder]).missing() == (decoder / "text_encoder",)


def test_words_of_another_language(folders: Mapping[str, Path]) -> None:
    words = open_multilingual(Half(folders["decoder"]), "cpu", "float32")
    read = {text: words.read(text) for text in ("a red fox", "雪地里的一只红狐狸", "")}
    for said in read.values():
        assert said["states"].shape == (77, tiny.READ) and said["pooled"].shape == (tiny.WIDTH,)
    assert gap(read["雪地里的一只红狐狸"]["pooled"], read[""]["pooled"]) > MOVED
    assert torch.equal(words.read("a red fox")["pooled"], read["a red fox"]["pooled"])
    long = words.read("two cats and a lighthouse, " * 40)
    assert long["states"].shape == (77, tiny.READ)
