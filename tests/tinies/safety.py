"""Safety models at tiny size, with random weights, in the layouts of the released ones."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessor,
)

SIZE = 32
SQUARE = {"height": SIZE, "width": SIZE}


def concepts(folder: Path, thresholds: float, special: float = 2.0) -> Path:
    """Stable Diffusion's checker. Thresholds of cosines: from 1 on nothing is withheld, from −1 down all."""
    torch.manual_seed(0)
    vision = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    vision |= {"image_size": SIZE, "patch_size": 8, "projection_dim": 16}
    text = {**vision, "vocab_size": 64, "max_position_embeddings": 16}
    net = StableDiffusionSafetyChecker(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16))
    for own in (net.concept_embeds, net.special_care_embeds):
        own.data = torch.randn(own.shape)
    net.concept_embeds_weights.data.fill_(thresholds)
    net.special_care_embeds_weights.data.fill_(special)
    net.save_pretrained(folder)
    CLIPImageProcessor(size={"shortest_edge": SIZE}, crop_size=SQUARE).save_pretrained(folder)
    return folder


def labels(folder: Path, likely: str) -> Path:
    """A classifier of two labels, for which every picture is the one."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    names = {0: "normal", 1: "nsfw"}
    net = ViTForImageClassification(ViTConfig(**sizes, image_size=SIZE, patch_size=8, id2label=names))
    net.classifier.bias.data = torch.tensor([9.0, 0.0] if likely == "normal" else [0.0, 9.0])
    net.save_pretrained(folder)
    ViTImageProcessor(size=SQUARE).save_pretrained(folder)
    return folder
