"""What the enlarger learns from: pieces of the painted world beside smaller, rougher copies, and its loss."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from math import ceil
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from sfumato.models.house.family import AUGMENT, SCALE
from sfumato.models.house.net import HouseNet, Low, read_config
from sfumato.models.weights import about, load_packed, weights_path
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.batch import without_words
from sfumato.train.world.draw import draw_scene
from sfumato.train.world.render import render

SQUARE = (16, 16)  # cells of a scene
SIDES = (192, 256, 320)  # pixels of renders: things are small in the first and large in the last
KEPT = 256  # renders
AT_ONCE = 8  # renders that are made together
PIECE = 40  # pixels, of a small piece
SHRUNK = (Image.Resampling.BOX, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)
PAINTED = 0.25  # share of pieces that the house model paints over
CLEAN = 0.35  # of the others, share of those that are only made smaller
EDGES, WAVES = 0.5, 0.02  # weights beside the error of colours


class Pairs(NamedTuple):
    """Pieces (B, 3, h, w) and what they are to become, (B, 3, 4 h, 4 w), both in [-1, 1]."""

    small: Tensor
    large: Tensor


def pairs(seed: int, rows: int, atlas: Atlas, upper: HouseNet, kept: int = KEPT) -> Iterator[Pairs]:
    """Endless batches of `rows` pieces on the atlas' device. One render is made for two batches, on
    average, so that pieces are cut from one 2 · `rows` times, each another, otherwise turned and
    roughened. The first of a batch are painted over by `upper`, the house model's upper stage, so that its
    own flaws are known too.

    kept  renders that pieces are cut from: the newest; a quarter as many are made at first
    """
    rng = np.random.Generator(np.random.Philox(seed))
    ours = ceil(rows * PAINTED)
    renders = [own for _ in range(kept // 4 // AT_ONCE) for own in painted(rng, atlas)]
    while True:
        renders = [*renders, *painted(rng, atlas)][-kept:]
        for _ in range(2 * AT_ONCE):
            large = [cut(renders[int(rng.integers(len(renders)))], rng) for _ in range(rows)]
            plain = [shrunk(own, rng) for own in large]
            rough = [own if row < ours else roughened(own, rng) for row, own in enumerate(plain)]
            small = as_tensor(rough).to(atlas.device)
            small[:ours] = painted_over(upper, small[:ours], rng)
            yield Pairs(small, as_tensor(large).to(atlas.device))


def painted(rng: np.random.Generator, atlas: Atlas, side: int | None = None) -> list[np.ndarray]:
    """Some renders (side, side, 3), uint8, all of one side; it is drawn too where none is given."""
    side = side or int(rng.choice(SIDES))
    pictures = render([draw_scene(rng, SQUARE, None) for _ in range(AT_ONCE)], atlas, (side, side))
    return list(((pictures + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy())


def cut(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A square piece, in one of the eight ways to lay it."""
    side = PIECE * SCALE
    top, left = (int(rng.integers(length - side + 1)) for length in picture.shape[:2])
    piece = np.rot90(picture[top : top + side, left : left + side], int(rng.integers(4)))
    return np.ascontiguousarray(piece if rng.random() < 0.5 else piece[:, ::-1])


def shrunk(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A quarter as wide and high, by one of the usual ways."""
    size = (picture.shape[1] // SCALE, picture.shape[0] // SCALE)
    return np.asarray(Image.fromarray(picture).resize(size, SHRUNK[int(rng.integers(len(SHRUNK)))]))


def roughened(picture: np.ndarray, rng: np.random.Generator, clean: float = CLEAN) -> np.ndarray:
    """uint8 (h, w, 3) with some of the flaws of pictures that small models paint: softness, the lattice of
    the patches that they paint, grain, and JPEG's blocks; a share stays clean."""
    if rng.random() < clean:
        return picture
    if rng.random() < 0.5:
        soft = ImageFilter.GaussianBlur(rng.uniform(0.2, 0.9))
        picture = np.asarray(Image.fromarray(picture).filter(soft))
    values = picture.astype(np.float32)
    if rng.random() < 0.5:
        values = values + lattice(picture.shape, rng)
    if rng.random() < 0.5:
        values = values + rng.normal(0, rng.uniform(0.5, 5), picture.shape)
    picture = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    return jpeg(picture, int(rng.integers(60, 96))) if rng.random() < 0.2 else picture


@torch.no_grad()
def painted_over(upper: HouseNet, pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """Pictures (B, 3, h, w), sides multiples of 8, as the house model paints them: begun at some noise, in
    few looks, without words, above a quarter of their size."""
    words = without_words(
        torch.ones(len(pictures), upper.config.length, dtype=torch.long), 2.0, torch.Generator()
    )
    words, low = words.to(pictures.device), avg_pool2d(pictures, upper.config.patch)
    level = pictures.new_full((len(pictures),), AUGMENT)
    seen = Low(low.lerp(as_noise(low, rng), AUGMENT), level)
    begin, looks = rng.uniform(0.1, 0.45), int(rng.integers(1, 3))
    x = pictures.lerp(as_noise(pictures, rng), begin)
    for look in range(looks):
        t = begin * (1 - look / looks)
        x0 = upper(x, pictures.new_full((len(pictures),), t), words, seen).clamp(-1, 1)
        x = x0 + (x - x0) * (1 - 1 / (looks - look))
    return ((x + 1) * 127.5).round() / 127.5 - 1


def as_noise(like: Tensor, rng: np.random.Generator) -> Tensor:
    """Standard normal numbers in the shape of a batch."""
    return torch.from_numpy(rng.standard_normal(tuple(like.shape), np.float32)).to(like.device)


def open_upper() -> HouseNet:
    """The house model's shipped upper stage, on the CPU."""
    path = weights_path("house-upper.safetensors")
    network = HouseNet(read_config(about(path)["config"]))
    network.load_state_dict(load_packed(path))
    return network.eval().requires_grad_(False)


def lattice(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """The same few grey levels again in every patch, in some places more than in others."""
    patch = int(rng.choice((2, 4, 4, 8)))
    height, width = (-(-side // patch) + 1 for side in shape[:2])
    own = np.tile(rng.normal(0, rng.uniform(1, 6), (patch, patch, 3)), (height, width, 1))
    down, across = rng.integers(patch, size=2)
    where = np.kron(rng.random((height, width)), np.ones((patch, patch)))[..., None]
    return (own * where)[down : down + shape[0], across : across + shape[1]]


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """What is left of a picture after JPEG."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def as_tensor(pictures: list[np.ndarray]) -> Tensor:
    """uint8 pictures (H, W, 3) as one batch (B, 3, H, W) in [-1, 1]."""
    batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return (batch.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def enlarger_loss(network: nn.Module, batch: Pairs, generator: torch.Generator) -> Tensor:
    """Absolute errors: of colours, of the steps between neighbours (Mathieu et al. 2016), and of frequencies
    (Cho et al. 2021). The last two are what softness costs."""
    off = network(batch.small).float() - batch.large
    edges = sum(off.diff(dim=axis).abs().mean() for axis in (2, 3))
    waves = torch.fft.rfft2(off, norm="ortho")
    return off.abs().mean() + EDGES * edges + WAVES * waves.abs().mean()
