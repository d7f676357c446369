"""Reference pictures in the sizes that Qwen-Image reads them in."""

from __future__ import annotations

from math import sqrt

import torch
from PIL import Image
from torch import Tensor

from sfumato.engine import to_pixels

MULTIPLE = 32  # pixels, of their sides


def reference(number: int) -> str:
    """The entry of a reference, counted from 1: what follows x in the sequence, of any size."""
    return f"reference.{number}"


def sized(picture: Tensor, pixels: float) -> Image.Image:
    """A picture (3, H, W) in [-1, 1] with about this many pixels, in about its aspect ratio."""
    image = Image.fromarray(to_pixels(picture))
    ratio = image.width / image.height
    width = sqrt(pixels * ratio)
    sides = (max(round(side / MULTIPLE), 1) * MULTIPLE for side in (width, width / ratio))
    return image.resize((next(sides), next(sides)), Image.Resampling.LANCZOS)


def as_tensor(image: Image.Image) -> Tensor:
    """(3, H, W) in [-1, 1]"""
    flat = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    pixels = flat.reshape(image.height, image.width, 3).permute(2, 0, 1)
    return pixels.float() / 255 * 2 - 1
