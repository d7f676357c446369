"""CLIP's two halves and the prior between them, at tiny size."""

from __future__ import annotations

from typing import Any

import torch

from tinies.parts import redraw

WIDTH = 32  # of every embedding
EYE = 16  # side of the pictures that CLIP sees, in pixels


def image_processor() -> Any:
    from transformers import CLIPImageProcessor

    crop = {"height": EYE, "width": EYE}
    return CLIPImageProcessor(size={"shortest_edge": EYE}, crop_size=crop)


@torch.no_grad()
def prior_network() -> Any:
    from diffusers import PriorTransformer

    network = PriorTransformer(
        num_attention_heads=2, attention_head_dim=16, num_layers=2, embedding_dim=WIDTH, num_embeddings=77
    )
    redraw(network, 1, spread=2.0)
    network.positional_embedding.mul_(10)
    network.proj_in.weight.mul_(3)  # else x matters little beside the words, and so does its noise
    network.clip_std.copy_(network.clip_std.abs() + 0.5)
    return network


def text_encoder() -> Any:
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=600,
        hidden_size=WIDTH,
        intermediate_size=48,
        projection_dim=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        bos_token_id=0,
        eos_token_id=1,
    )
    return redraw(CLIPTextModelWithProjection(config), 2, spread=2.0)


def image_encoder() -> Any:
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    config = CLIPVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=48,
        projection_dim=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=EYE,
        patch_size=8,
    )
    return redraw(CLIPVisionModelWithProjection(config), 3, spread=2.0)
