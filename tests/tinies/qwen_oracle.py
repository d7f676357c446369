"""The released pipelines of Qwen-Image-Edit at tiny size, made to read as the release does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from sfumato.engine import to_pixels
from sfumato.plan import Plan
from tinies.qwen_image import FACTOR, SIDE, painted, reading, sight

WHOLE = 1024  # side of the squares that the released pipelines fit references to


def processor() -> Any:
    """Of the released class, without what makes films ready: that needs torchvision."""
    from transformers import Qwen2VLProcessor

    words = reading()
    made = object.__new__(Qwen2VLProcessor)
    made.image_processor, made.tokenizer, made.video_processor = sight(), words, None
    made.image_token, made.video_token = "<|image_pad|>", "<|video_pad|>"
    made.image_token_id, made.video_token_id = words.convert_tokens_to_ids(made.image_token), -1
    return made


def placing(pipe: Any) -> Any:
    """A hook that says which tokens are pictures: the pipelines have forgotten to, since transformers 5."""

    def told(encoder: Any, _: Any, named: dict[str, Any]) -> Any:
        is_picture = (named["input_ids"] == encoder.config.image_token_id).int()
        return (), {**named, "mm_token_type_ids": is_picture}

    return pipe.text_encoder.register_forward_pre_hook(told, with_kwargs=True)


def smaller(usual: Any) -> Any:
    """The pipelines' own way to fit a picture, for a transformer that was made for smaller ones."""
    return lambda pixels, ratio: usual(pixels * (SIDE * FACTOR / WHOLE) ** 2, ratio)


def edited(pipe: Any, plan: Plan, given: Mapping[str, Tensor], **more: Any) -> Tensor:
    """What the released pipeline makes of the plan and its references, as `painted`."""
    read = [given[item.hash] for item in plan.inputs if item.role == "reference"]
    pictures = [Image.fromarray(to_pixels(picture)) for picture in read]
    return painted(pipe, plan, image=pictures if len(pictures) > 1 else pictures[0], **more)


def encoded(pipe: Any, picture: Tensor) -> Tensor:
    """(C, h, w): a picture (3, H, W) in [-1, 1] as the pipeline's latent."""
    with torch.no_grad():
        return pipe._encode_vae_image(picture[None, :, None], None)[0, :, 0]
