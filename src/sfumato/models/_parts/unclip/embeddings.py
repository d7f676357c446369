"""What a decoder paints: the prior's embeddings and those of reference pictures, as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from sfumato.engine import Setting
from sfumato.engine.parts import blend, shares
from sfumato.models._parts.unclip.clip import Sight
from sfumato.models._parts.unclip.prior import PriorStage
from sfumato.models._parts.unclip.rows import parts_of_guidance, references

Mix = Callable[[Sequence[Tensor], Sequence[float]], Tensor]
"""Embeddings (D,) and their weights, whose sum is above 0, to one embedding."""


@dataclass(frozen=True, eq=False)
class Embeddings:
    """prior    the stage whose results they are; None where pictures are all there is
    sight    None where no pictures are seen
    nothing  the embedding (D,) to guide away from without a negative prompt
    mix      how several become one
    """

    prior: PriorStage | None
    sight: Sight | None
    nothing: Callable[[], Tensor]
    mix: Mix

    def wanted(self, setting: Setting) -> Tensor:
        """What is to be painted, (D,)."""
        rows = self.prior.wanted(setting.plan) if self.prior else ()
        found = painted(self.prior, setting)[: len(rows)] if self.prior and rows else ()
        weights = (*(row.weight for row in rows), *references(setting.plan))
        return self.mix([*found, *self.pictures(setting)], weights)

    def null(self, setting: Setting) -> Tensor:
        """What is guided away from, (D,)."""
        if self.prior and setting.plan.negative:
            return painted(self.prior, setting)[-1]
        return self.nothing()

    def pictures(self, setting: Setting) -> list[Tensor]:
        """The embedding (D,) of each reference picture. Raises ValueError where none can be seen."""
        sight, given = self.sight, setting.pictures("reference")
        if not given:
            return []
        if sight is None:
            raise ValueError("this model comes without an image encoder: it sees no reference pictures.")
        named = zip(setting.inputs("reference"), given, strict=True)
        return [setting.once((sight, item.hash), partial(sight.see, own.picture)) for item, own in named]


def painted(prior: PriorStage, setting: Setting) -> Tensor:
    """The prior's embeddings, (R, D): of several candidates the nearest to the words."""
    rows = prior.rows(setting.plan)
    found = prior.networks.from_x(setting.results[prior.name])
    if len(found) == len(rows):
        return found
    parts = setting.plan.parts if parts_of_guidance(setting.plan) > 1 else ()
    weights = tuple(part.weight for part in parts) or (1.0,)
    told = [summed([prior.read(setting, text)["pooled"] for text in row.texts], weights) for row in rows]
    return nearest(found.unflatten(0, (-1, len(rows))), torch.stack(told))


def nearest(candidates: Tensor, told: Tensor) -> Tensor:
    """Of candidates (N, R, D) those whose dot product with `told` (R, D) is largest, (R, D).

    So the paper ranks two draws of its prior (Ramesh et al. 2022, Section 2.2).
    """
    best = (candidates * told).sum(-1).argmax(0)  # (R,)
    return candidates[best, torch.arange(len(told))]


def summed(embeddings: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """The weighted mean (D,)."""
    own = shares({str(index): weight for index, weight in enumerate(weights)})
    return blend([embeddings[int(index)] for index in own], tuple(own.values()))
