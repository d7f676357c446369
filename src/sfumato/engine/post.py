"""Finishing: arithmetic on finished pictures. Everything here is numpy; what must be learned is a stage."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def to_pixels(picture: Tensor) -> np.ndarray:
    """A picture (3, H, W) in [-1, 1] as uint8 (H, W, 3); what lies outside is clipped, NaN is refused."""
    values = ((picture.detach().cpu().float() + 1) * 127.5).clamp_(0, 255)
    if values.sum().isnan():
        raise ValueError("this picture holds values that are not numbers: it cannot be shown or kept.")
    # Halves go to even. Turned last, as bytes: numpy takes several times as long over numbers lying apart.
    return np.ascontiguousarray(values.round_().byte().numpy().transpose(1, 2, 0))


def fitted(picture: Tensor, width: int, height: int) -> Tensor:
    """A picture (C, H, W) in [-1, 1] in another size, as `resize` but unrounded; itself where it fits."""
    if picture.shape[-2:] == (height, width):
        return picture
    values = picture.double()
    down = torch.from_numpy(_lanczos(picture.shape[-2], height))
    across = torch.from_numpy(_lanczos(picture.shape[-1], width))
    values = torch.einsum("oh,chw,pw->cop", down, values, across)  # (C, height, width)
    return values.clamp(-1, 1).float()


def as_mask(picture: Tensor) -> Tensor:
    """A picture (C, H, W) in [-1, 1] as a mask (1, H, W): 1, to be painted anew, where brighter than grey."""
    return (picture.mean(dim=0, keepdim=True) > 0).float()


def resize(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """uint8 (H, W, C) in another size, by Lanczos' kernel of three lobes, widened when it shrinks."""
    if width < 1 or height < 1:
        raise ValueError(f"a picture cannot be {width} x {height} pixels large: give at least 1 x 1.")
    return np.rint(np.clip(resampled(picture.astype(np.float64), width, height), 0, 255)).astype(np.uint8)


def resampled(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """float64 (H, W, C) in another size, as `resize` but unrounded and unclipped."""
    down, across = _lanczos(picture.shape[0], height), _lanczos(picture.shape[1], width)
    values = np.tensordot(down, picture, axes=(1, 0))  # (height, W, C)
    return np.tensordot(values, across, axes=(1, 1)).transpose(0, 2, 1)  # (height, width, C)


def _lanczos(old: int, new: int, lobes: int = 3) -> np.ndarray:
    """Weights (new, old); each row adds up to 1."""
    stretch = max(old / new, 1.0)
    centres = (np.arange(new) + 0.5) * old / new - 0.5
    distance = (np.arange(old)[None, :] - centres[:, None]) / stretch  # (new, old)
    weights = np.where(np.abs(distance) < lobes, np.sinc(distance) * np.sinc(distance / lobes), 0.0)
    return weights / weights.sum(axis=1, keepdims=True)
