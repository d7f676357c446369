"""A namer found in closed form: from means of each class and what varies within all classes alike (Fisher
1936)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from sfumato.models.judge import NamerConfig, NamerNet, cut
from sfumato.models.judge.namer import measured
from sfumato.train.checkpoint import write_tensors
from sfumato.train.missed import roughened, shaken
from sfumato.train.seeing import IGNORED, Truth
from sfumato.train.world.lexicon import COLOURS
from sfumato.train.world.stamp import tinted

ALONE = 256  # sprites of a round that are seen by themselves, which costs a tenth of a render
DYED, MIRRORED = 0.4, 0.15  # of them, as in the world
WEIGHT = 4.0  # of a crop of a whole picture beside one of a sprite alone
RIDGE = 0.05  # of the mean variance, added to all
GAIN = 0.15  # how much brightness varies


@dataclass(frozen=True)
class Sums:
    """What has been seen, weighted: of each sprite and each colour the sum (classes, F) and count
    (classes,), and of all the products (F, F); `seconds` is the caller's."""

    sprite: Tensor
    sprites: Tensor
    colour: Tensor
    colours: Tensor
    products: Tensor
    crops: Tensor
    seconds: Tensor

    def add(self, features: Tensor, sprite: Tensor, colour: Tensor, weight: float) -> None:
        """Some more crops (T, F) of these classes (T,)."""
        self.sprite.index_add_(0, sprite, weight * features)
        self.sprites.index_add_(0, sprite, torch.full((len(sprite),), weight, device=features.device))
        self.colour.index_add_(0, colour, weight * features)
        self.colours.index_add_(0, colour, torch.full((len(colour),), weight, device=features.device))
        self.products.add_(weight * features.T @ features)
        self.crops.add_(len(features))

    def save(self, path: Path) -> None:
        """As one file, to go on from."""
        write_tensors(path, vars(self), {})


def no_sums(config: NamerConfig, device: torch.device) -> Sums:
    """Nothing seen yet."""
    shapes = {
        "sprite": (config.sprites, config.features), "sprites": (config.sprites,),
        "colour": (config.colours, config.features), "colours": (config.colours,),
        "products": (config.features, config.features), "crops": (), "seconds": (),
    }  # fmt: skip
    return Sums(**{name: torch.zeros(shape, device=device) for name, shape in shapes.items()})


def load_sums(path: Path) -> Sums:
    """Those of an earlier run."""
    return Sums(**load_file(path))


def look(
    sums: Sums, config: NamerConfig, truths: Iterator[Truth], sprites: Tensor, generator: torch.Generator
) -> Iterator[Sums]:
    """The sums, growing round by round: sprites alone, and crops of whole pictures."""
    for truth in truths:
        chosen = torch.randint(len(sprites), (ALONE,), generator=generator)
        crops, colour = alone(sprites[chosen.to(sprites.device)], generator)
        sums.add(measured(crops, config), chosen.to(sprites.device), colour, 1.0)
        pictures = roughened(truth.pictures, generator)[truth.row]
        features = measured(cut(pictures, shaken(truth.box, generator)), config)
        own = torch.where(truth.colour == IGNORED, len(COLOURS), truth.colour)
        sums.add(features, truth.sprite, own, WEIGHT)
        yield sums


def alone(sprites: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Sprites, uint8 (T, 4, S, S) premultiplied, as crops on grounds of one colour, and the colours they
    are dyed in, len(COLOURS) for their own."""
    count, side = len(sprites), sprites.shape[-1]
    colour = torch.randint(len(COLOURS), (count,), generator=generator)
    own = torch.rand(count, generator=generator) >= DYED
    mirrored = torch.rand(count, generator=generator) < MIRRORED
    rgb = torch.tensor([word.rgb for word in COLOURS])[colour][:, :, None, None].to(sprites.device)
    plain = sprites.float() / 255
    shown = torch.where(own.to(sprites.device)[:, None, None, None], plain, tinted(plain, rgb))
    ground = torch.rand(count, 3, 1, 1, generator=generator).to(sprites.device)
    gain = 1 + GAIN * torch.randn(count, 1, 1, 1, generator=generator).to(sprites.device)
    pictures = ((shown[:, :3] + (1 - shown[:, 3:]) * ground) * gain).clamp(0, 1) * 2 - 1
    pictures[mirrored] = pictures[mirrored].flip(3)
    box = torch.tensor([[side / 2, side / 2, side]], device=sprites.device).expand(count, -1)
    crops = cut(pictures, shaken(box, generator))
    return crops, torch.where(own, len(COLOURS), colour).to(sprites.device)


@torch.no_grad()
def fitted(sums: Sums, config: NamerConfig) -> NamerNet:
    """The namer of these sums: linear discriminants with one covariance for all classes."""
    network = NamerNet(config)
    total = sums.sprites.sum()
    mean = sums.sprite.sum(0) / total
    spread = (sums.products.diagonal() / total - mean**2).clamp(1e-8).sqrt()
    network.mean.copy_(mean)
    network.spread.copy_(spread)
    products = (sums.products / total - torch.outer(mean, mean)) / torch.outer(spread, spread)
    for head, summed, counts in (
        (network.sprite, sums.sprite, sums.sprites), (network.colour, sums.colour, sums.colours),
    ):  # fmt: skip
        centres = (summed / counts.clamp(1)[:, None] - mean) / spread * (counts > 0)[:, None]
        within = products - (centres.T * (counts / total)) @ centres
        within += RIDGE * within.diagonal().mean() * torch.eye(len(within), device=within.device)
        weight = torch.linalg.solve(within.double(), centres.T.double()).T.float()
        head.weight.copy_(weight)
        head.bias.copy_(-0.5 * (weight * centres).sum(1))
    return network.eval()
