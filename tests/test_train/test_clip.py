"""CLIP scores beside transformers' own CLIPModel, at tiny size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

from sfumato.train.metrics.clip import open_clip
from tinies.words import TEXTS, clip_tokenizer

SIDE = 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP as its repositories are laid out."""
    path = tmp_path_factory.mktemp("clip")
    torch.manual_seed(0)
    half = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    tokenizer = clip_tokenizer(16)
    text = {
        **half,
        "vocab_size": len(tokenizer),
        "max_position_embeddings": 16,
        "eos_token_id": tokenizer.eos_token_id,
    }
    vision = {**half, "image_size": SIDE, "patch_size": 8}
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16)).save_pretrained(path)
    tokenizer.save_pretrained(path)
    size = {"height": SIDE, "width": SIDE}
    CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size=size).save_pretrained(path)
    return path


def test_a_score_is_the_cosine_of_the_model_s_own_embeddings(folder: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (40, 56, 3), dtype=np.uint8) for _ in TEXTS]
    texts = [*TEXTS[:-1], "a red fox " * 30]  # the last one is longer than the model reads
    scores = open_clip(folder).scores(pictures, texts)

    model, tokenizer = CLIPModel.from_pretrained(folder).eval(), clip_tokenizer(16)
    processor = CLIPImageProcessor.from_pretrained(folder)
    for picture, text, score in zip(pictures, texts, scores.tolist(), strict=True):
        ids = tokenizer(text, truncation=True, max_length=16, return_tensors="pt")
        pixels = processor(images=Image.fromarray(picture), return_tensors="pt")
        with torch.no_grad():
            cosine = model(**ids, **pixels).logits_per_image.item() / model.logit_scale.exp().item()
        assert score == pytest.approx(100 * max(cosine, 0), abs=2e-3)
    assert len({round(score, 4) for score in scores.tolist()}) > 1


def test_a_pickle_is_not_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(FileNotFoundError, match="pickle"):
        open_clip(tmp_path)
