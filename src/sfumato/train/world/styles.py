"""Styles: a finished picture made to look drawn, printed or lit in another way."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate, pad


def _luma(picture: Tensor) -> Tensor:
    weights = torch.tensor((0.299, 0.587, 0.114), device=picture.device)[None, :, None, None]
    return (picture * weights).sum(1, keepdim=True)  # (B, 1, H, W)


def _blur(picture: Tensor, radius: int) -> Tensor:
    return avg_pool2d(pad(picture, (radius,) * 4, mode="replicate"), 2 * radius + 1, stride=1)


def _edges(picture: Tensor) -> Tensor:
    """How steep the picture is, scaled so that a full step from black to white gives about 1."""
    across = picture[..., :, 1:] - picture[..., :, :-1]
    down = picture[..., 1:, :] - picture[..., :-1, :]
    return (pad(across, (0, 1)) ** 2 + pad(down, (0, 0, 0, 1)) ** 2).sqrt()


def _side(picture: Tensor) -> int:
    return min(picture.shape[-2:])


def _plain(picture: Tensor) -> Tensor:
    return picture


def _watercolour(picture: Tensor) -> Tensor:
    soft = _blur(_blur(picture, _side(picture) // 42), _side(picture) // 42)
    rim = (_edges(_luma(soft)) * 2.0).clamp(0, 0.35)
    return (0.38 + 0.66 * soft - rim).clamp(0, 1)


def _pencil(picture: Tensor) -> Tensor:
    tone = _luma(picture)
    line = (_blur(_edges(tone), max(1, _side(picture) // 128)) * 5).clamp(0, 1)
    return (0.72 + 0.24 * tone - 0.7 * line).clamp(0, 1).expand(-1, 3, -1, -1)


def _pixels(picture: Tensor) -> Tensor:
    height, width = picture.shape[-2:]
    cell = _side(picture) // 16
    small = avg_pool2d(picture, cell, ceil_mode=True)
    small = (small * 5).round() / 5
    return interpolate(small, scale_factor=cell, mode="nearest")[..., :height, :width]


def _neon(picture: Tensor) -> Tensor:
    thick = _blur(_edges(picture), max(1, _side(picture) // 64))
    hue = picture / picture.amax(1, keepdim=True).clamp(0.2)
    return (0.03 + thick.amax(1, keepdim=True) * 6 * (0.25 + 0.75 * hue) + 0.10 * picture).clamp(0, 1)


def _monochrome(picture: Tensor) -> Tensor:
    return ((_luma(picture) - 0.5) * 1.15 + 0.5).clamp(0, 1).expand(-1, 3, -1, -1)


def _pastel(picture: Tensor) -> Tensor:
    return 0.45 + 0.5 * mix_grey(picture, 0.25)


def mix_grey(picture: Tensor, share: float) -> Tensor:
    """The picture with a share of its colour taken out."""
    return picture + (_luma(picture) - picture) * share


def _pop(picture: Tensor) -> Tensor:
    vivid = (mix_grey(picture, -0.9) - 0.5) * 1.3 + 0.5
    return ((vivid.clamp(0, 1) * 3).round() / 3) * 0.94 + 0.03


FILTERS: tuple[Callable[[Tensor], Tensor], ...] = (
    _plain, _watercolour, _pencil, _pixels, _neon, _monochrome, _pastel, _pop,
)  # fmt: skip
