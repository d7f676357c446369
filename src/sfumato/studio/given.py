"""Pictures that a job reads: from files to tensors, named by their content."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sfumato.plan import Input

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image
    from torch import Tensor

MOST_PIXELS = 64_000_000
# What Pillow raises over bytes that are not what they seem to be.
DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    EOFError,
    struct.error,
)


@dataclass(frozen=True, eq=False)
class Given:
    """A picture and what it is to the job. `pixels` is (3, H, W) in [-1, 1], float32."""

    input: Input
    pixels: Tensor


def give(role: str, path: Path, weight: float = 1.0) -> Given:
    """Read a picture for a role. What is transparent becomes white; a camera's turn is undone.

    Its hash is over its size and its pixels, so that the same picture in another file is the same.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no picture that can be read, or has more than 64 megapixels.
    """
    return given(role, on_white(read(path)), weight)


def given(role: str, pixels: np.ndarray, weight: float = 1.0) -> Given:
    """Pixels, uint8 (H, W, 3), for a role."""
    import torch

    values = torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 127.5 - 1
    return Given(Input(role=role, hash=digest(pixels), weight=weight), values)


def on_white(pixels: np.ndarray) -> np.ndarray:
    """A picture that may be transparent, uint8 (H, W, 4), before white: (H, W, 3)."""
    import numpy as np
    from PIL import Image

    upper = Image.fromarray(pixels)
    return np.asarray(Image.alpha_composite(Image.new("RGBA", upper.size, "white"), upper).convert("RGB"))


def digest(pixels: np.ndarray) -> str:
    """What names a picture: sha256 over its size and its pixels, uint8 (H, W, 3)."""
    return sha256(f"{pixels.shape}".encode() + pixels.tobytes()).hexdigest()


def read_pixels(path: Path) -> np.ndarray:
    """A picture as it is seen, before white: uint8 (H, W, 3). Raises as `give`."""
    return on_white(read(path))


def read(path: Path) -> np.ndarray:
    """A picture as it is to be seen, uint8 (H, W, 4): a camera's turn is undone. Raises as `give`."""
    if not path.exists():
        raise FileNotFoundError(f"There is no picture {path}.")
    try:
        return decoded(path)
    except TooLarge as error:
        raise ValueError(f"{path} has {error} pixels: make it smaller first.") from None
    except ValueError as error:
        raise ValueError(f"{path} is not a picture that can be read: {error}.") from None


class TooLarge(ValueError):
    """A picture has more pixels than are read; it says how many."""


def decoded(file: Path | IO[bytes]) -> np.ndarray:
    """The first picture of a file, uint8 (H, W, 4), whatever its form: turned upright, 16 bits as 8.

    Raises ValueError for what cannot be decoded, TooLarge.
    """
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooLarge(f"{image.width} × {image.height}")
            image.load()
            if image.mode.startswith(("I", "F")):  # grey of 16 bits, which Pillow would cut off at 255
                values = np.asarray(image).astype(np.float64) / (257 if image.mode != "F" else 1)
                return np.asarray(Image.fromarray(values.clip(0, 255).astype(np.uint8)).convert("RGBA"))
            return np.asarray(_upright(image, ImageOps.exif_transpose).convert("RGBA"))
    except Image.DecompressionBombError:
        raise TooLarge("too many") from None
    except TooLarge:
        raise
    except DAMAGED as error:
        raise ValueError(str(error) or type(error).__name__) from None


def _upright(image: Image.Image, turn: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """As its camera was held; a picture with a note of this that cannot be read stays as it is."""
    try:
        return turn(image)
    except DAMAGED:
        return image
