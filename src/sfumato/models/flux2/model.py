"""FLUX.2 behind the engine's protocols: one transformer over words, the picture and references, one stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, NoisePath
from sfumato.models._parts.asked import clocks, stacked
from sfumato.models._parts.latent_release import DENOISER, STAGE, Guiding, LatentRelease
from sfumato.models._parts.latent_stage import LatentModel, LatentStage, ToldStage, no_numbers, told
from sfumato.models._parts.loras import as_loaded_by, open_loras
from sfumato.models._parts.references import references
from sfumato.models.flux2.family import DEV_PIPELINE, Release
from sfumato.models.flux2.original import load_transformer
from sfumato.models.flux2.pictures import of_references
from sfumato.models.flux2.space import space_of
from sfumato.models.flux2.texts import Asked, Reader, Said
from sfumato.models.opening import opening

APART = 10  # of references on the axis of pictures

# The shift as Black Forest Labs fitted it: lines in the number of tokens for 10 and for 200 steps.
FEW = (8.73809524e-05, 1.89833333)
MANY = (0.00016927, 0.45666666)
LARGE = 4300  # tokens above which the number of steps no longer counts


def fitted_mu(tokens: int, steps: int) -> float:
    """Logarithm of the shift for a picture of so many tokens made in so many steps."""
    few, many = (slope * tokens + start for slope, start in (FEW, MANY))
    return many if tokens > LARGE else many + (few - many) * (200 - steps) / 190


@dataclass(frozen=True)
class Fitted(NoisePath):
    """A flow whose shift depends on the size of x and on the number of steps; a cell of x is one token."""

    def times(
        self, n: int, schedule: str = "linear", shift: float = 1.0, shape: tuple[int, ...] | None = None
    ) -> tuple[float, ...]:
        grown = exp(fitted_mu(shape[-2] * shape[-1], n)) if shape else 1.0
        return super().times(n, schedule, shift * grown, shape)


def path_of(scheduler: Mapping[str, Any]) -> NoisePath:
    """Its clock runs from 0 to 1: the transformer multiplies by 1000 itself."""
    moves = scheduler.get("use_dynamic_shifting", False)
    return (Fitted if moves else NoisePath)("flow", "flow", clock=1.0)


def places(height: int, width: int, picture: int = 0) -> Tensor:
    """Where each token of a latent of this size is: (tokens, 4) of (picture, row, column, 0)."""
    picture_axis, last = torch.tensor([picture * APART]), torch.tensor([0])
    return torch.cartesian_prod(picture_axis, torch.arange(height), torch.arange(width), last)


def text_places(length: int) -> Tensor:
    """Words are counted on the last axis: (tokens, 4)."""
    return torch.nn.functional.pad(torch.arange(length)[:, None], (3, 0))


def packed(latent: Tensor) -> Tensor:
    """(B, C, H, W) as tokens (B, H · W, C)."""
    return latent.flatten(2).mT


@dataclass(frozen=True, eq=False)
class Look:
    """The transformer asked."""

    transformer: Any

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """Noise minus picture of every row, (B, C, H, W)."""
        like = self.transformer.x_embedder.weight
        height, width = asks[0].x.shape[-2:]
        tokens, where = _sequence(asks)
        text = stacked(asks, "text", like)
        number = stacked(asks, "guidance").to(like.device) if "guidance" in asks[0].condition else None
        said = self.transformer(
            hidden_states=tokens.to(like),
            img_ids=where.to(like.device),
            encoder_hidden_states=text,
            txt_ids=text_places(text.shape[1]).to(like.device),
            timestep=clocks(asks, path, like),
            guidance=number,
            return_dict=False,
        )[0]
        painted = said[:, : height * width]  # the tokens after these are references
        return painted.mT.unflatten(2, (height, width))


def _sequence(asks: Sequence[Ask]) -> tuple[Tensor, Tensor]:
    """What the rows look at as tokens (B, S, C), and where these are, (S, 4): x, then every reference."""
    x = torch.stack([ask.x for ask in asks])
    parts, where = [packed(x)], [places(*x.shape[-2:])]
    for number, latent in references(asks):
        parts.append(packed(latent.to(x)))
        where.append(places(*latent.shape[-2:], picture=number))
    return torch.cat(parts, dim=1), torch.cat(where)


def open_flux2(release: Release, device: str, dtype: str) -> LatentModel:
    """The model over a release. Raises FileNotFoundError when weights are missing."""
    here = release.repository
    opened = {name: here.load(name, device, dtype) for name in release.networks}
    if release.file:
        opened[DENOISER] = _alone(release.file, device, dtype)
    convert = as_loaded_by("Flux2LoraLoaderMixin")
    kind = LatentStage if release.guiding is Guiding.PULLED else ToldStage
    stage = kind(
        name=STAGE,
        path=path_of(release.scheduler),
        space=space_of(opened["vae"]),
        read=Reader(_words(release), opened["text_encoder"]),
        numbers=told if release.guiding is Guiding.TOLD else no_numbers,
        pictures=of_references,
        loras=open_loras(release.adapters, {DENOISER: opened[DENOISER]}, convert, dtype),
    )
    return LatentModel(stage, Look(opened[DENOISER]), tuple(opened.values()), release.roles)


def _alone(file: Path, device: str, dtype: str) -> Any:
    """The transformer of a file of its own."""
    key = (str(file), file.stat().st_mtime_ns, dtype)
    return opening().network(key, device, lambda place: load_transformer(file, place, dtype))


def _words(release: LatentRelease) -> Asked | Said:
    if release.repository.pipeline != DEV_PIPELINE:
        return Said(release.repository.load("tokenizer"))
    # Its index names what also prepares pictures for Mistral, which needs torchvision.
    return Asked(release.repository.load("tokenizer", cls="transformers.AutoTokenizer"))
