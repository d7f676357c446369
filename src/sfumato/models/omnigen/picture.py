"""Reference pictures in the sizes the release reads: not longer than a limit, sides in multiples of 16."""

from __future__ import annotations

import torch
from PIL import Image
from torch import Tensor

from sfumato.engine import to_pixels

MULTIPLE = 16  # pixels of a token's side: a patch of 2 latents of 8 pixels each
LONGEST = 3  # a side may be this many limits long: there the table of positions ends


def framed(picture: Tensor, longest_px: int) -> Tensor:
    """A picture (3, H, W) in [-1, 1] made smaller until it fits, then cropped around its middle.

    It is halved while both sides have at least twice the limit, then scaled to the limit, or up to 16 pixels
    where a side has fewer; the crop takes at most 15 pixels of a side, half of them, rounded down, at the top
    and left. Raises ValueError for a picture so narrow that this leaves nothing, or more than three limits.
    """
    image = Image.fromarray(to_pixels(picture))
    while min(image.size) >= 2 * longest_px:
        image = image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX)
    if max(image.size) > longest_px:
        image = _scaled(image, longest_px / max(image.size))
    if min(image.size) < MULTIPLE:
        image = _scaled(image, MULTIPLE / min(image.size))
    left, top = (image.width % MULTIPLE) // 2, (image.height % MULTIPLE) // 2
    width, height = image.width - image.width % MULTIPLE, image.height - image.height % MULTIPLE
    if max(width, height) > LONGEST * longest_px:
        raise ValueError(_too_narrow(picture.shape[2], picture.shape[1]))
    return _tensor(image.crop((left, top, left + width, top + height)))


def tokens(height_px: int, width_px: int) -> int:
    """How many tokens a picture of this size is."""
    return (height_px // MULTIPLE) * (width_px // MULTIPLE)


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    width, height = round(image.width * factor), round(image.height * factor)
    if not (width and height):
        raise ValueError(_too_narrow(image.width, image.height))
    return image.resize((width, height), Image.Resampling.BICUBIC)


def _too_narrow(width: int, height: int) -> str:
    return f"A reference picture of {width}×{height} pixels is too narrow to read: crop it."


def _tensor(image: Image.Image) -> Tensor:
    """(3, H, W) in [-1, 1], as precise as float32 is."""
    flat = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    pixels = flat.reshape(image.height, image.width, 3).permute(2, 0, 1)  # (3, H, W)
    return (pixels.float() / 255 - 0.5) / 0.5
