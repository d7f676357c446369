"""Limits: what a released scheduler does to every clean x that a network believes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

CLAMPING = frozenset({"DDPMScheduler", "DDIMScheduler", "UnCLIPScheduler"})


@dataclass(frozen=True)
class Limits:
    """bound  largest magnitude; None limits nothing
    share  with it, dynamic thresholding (Saharia et al. 2022, Section 2.3): x0 is clamped to the magnitude
           that this share of its values stay below, at least 1 and at most `bound`, and divided by it
    """

    bound: float | None = None
    share: float | None = None

    def apply(self, x0: Tensor) -> Tensor:
        if self.bound is None:
            return x0
        if self.share is None:
            return x0.clamp(-self.bound, self.bound)
        top = torch.quantile(x0.abs().flatten(), self.share).clamp(1, self.bound)
        return x0.clamp(-top, top) / top


def limits_of(config: Mapping[str, Any]) -> Limits:
    """As a scheduler's config says; what it leaves out is as in diffusers."""
    if config.get("thresholding"):
        return Limits(config.get("sample_max_value", 1.0), config.get("dynamic_thresholding_ratio", 0.995))
    if config.get("_class_name") in CLAMPING and config.get("clip_sample", True):
        return Limits(config.get("clip_sample_range", 1.0))
    return Limits()
