"""Words for the light over a whole picture, laid on before its style."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, mix, rgb
from sfumato.train.world.styles import Filter
from sfumato.train.world.styles.texture import clouds, vignette
from sfumato.train.world.styles.tools import blur, contrast, edges, extent, luma, plane, ramp, saturate


def _natural(picture: Tensor, field: Field) -> Tensor:
    return picture


def _screen(picture: Tensor, light: Tensor) -> Tensor:
    return 1 - (1 - picture) * (1 - light.clamp(0, 1))


def _graded(picture: Tensor, shadow: tuple[float, ...], bright: tuple[float, ...]) -> Tensor:
    """Shadows and lights each drawn towards a colour, by multiplying."""
    tone = ramp(luma(picture), 0.1, 0.9)
    return (picture * mix(rgb(*shadow, like=picture), rgb(*bright, like=picture), tone)).clamp(0, 1)


def _warm(picture: Tensor, field: Field) -> Tensor:
    graded = _graded(picture, (1.08, 0.84, 0.70), (1.12, 0.98, 0.74))
    x, y = plane(field)
    corner = mix(x, extent(field)[0] - x, edge(field.draw(400) - 0.5, 0.01))
    glow = (-(corner**2 + y**2) / 0.5).exp()
    return _screen(graded, glow * rgb(0.42, 0.24, 0.05, like=picture))


def _cool(picture: Tensor, field: Field) -> Tensor:
    graded = _graded(saturate(picture, 0.85), (0.62, 0.82, 1.16), (0.80, 0.95, 1.10))
    return (graded + rgb(0.0, 0.015, 0.05, like=picture) - 0.08 * vignette(field)).clamp(0, 1)


def _pastel(picture: Tensor, field: Field) -> Tensor:
    haze = mix(rgb(1.0, 0.90, 0.93, like=picture), rgb(0.90, 0.94, 1.0, like=picture), field.draw(400))
    return mix(saturate(picture, 0.95), haze, 0.46 + 0.10 * (1 - luma(picture))).clamp(0, 1)


def _vivid(picture: Tensor, field: Field) -> Tensor:
    return contrast(saturate(picture, 1.75), 1.12, 0.46)


def _monochrome(picture: Tensor, field: Field) -> Tensor:
    tone = contrast(luma(picture), 1.22, 0.47)
    return (tone * (1 - 0.16 * vignette(field))).clamp(0, 1).expand_as(picture)


def _sepia(picture: Tensor, field: Field) -> Tensor:
    tone = contrast(luma(picture), 1.15, 0.45)
    spots = (clouds(field, 400, 3, 3) - 0.5) * 0.07
    brown = mix(
        rgb(0.19, 0.11, 0.05, like=picture), rgb(1.0, 0.92, 0.74, like=picture), (tone + spots).clamp(0, 1)
    )
    return (brown * (1 - 0.34 * vignette(field, 0.45, 1.05))).clamp(0, 1)


def _high_contrast(picture: Tensor, field: Field) -> Tensor:
    tone = luma(blur(picture, 0.004))
    curve = ramp(tone, 0.12, 0.88) / tone.clamp(0.06)
    x, y = plane(field)
    wide, tall = extent(field)
    across = mix(x / wide, 1 - x / wide, edge(field.draw(400) - 0.5, 0.01))
    side_light = 1.22 - 0.75 * ramp(across + 0.25 * y / tall, 0.25, 1.2)
    return saturate((picture * curve * side_light).clamp(0, 1), 1.12)


def _soft(picture: Tensor, field: Field) -> Tensor:
    milky = contrast(picture, 0.86, 0.62)
    glow = blur(milky, 0.03)
    dreamy = mix(milky, _screen(milky, 0.55 * glow), 0.75 + 0 * luma(milky))
    return (0.75 * dreamy + 0.25 * blur(dreamy, 0.012) + rgb(0.03, 0.012, 0.03, like=picture)).clamp(0, 1)


def _backlit(picture: Tensor, field: Field) -> Tensor:
    wide, tall = extent(field)
    x, y = plane(field)
    far = (
        (x - wide * field.draw(400, 0.35, 0.65)) ** 2 + (y - tall * field.draw(401, 0.30, 0.46)) ** 2
    ).sqrt()
    sun = mix(rgb(1.0, 0.86, 0.56, like=picture), rgb(1.0, 0.97, 0.90, like=picture), field.draw(402))
    halo = (-((far / 0.34) ** 2)).exp()
    low = saturate(picture, 0.8) * (0.42 + 0.25 * halo)
    tone = luma(picture)
    behind = ramp(tone, 0.45, 0.85)
    rim = edges(picture, 0.012).clamp(0, 1) * (0.35 + halo)
    return _screen(low, sun * (0.85 * halo * (0.30 + 0.70 * behind) + 0.75 * rim + 0.10))


def _spotlight(picture: Tensor, field: Field) -> Tensor:
    wide, tall = extent(field)
    x, y = plane(field)
    top, foot = wide * field.draw(400, 0.15, 0.85), wide * field.draw(401, 0.42, 0.58)
    down = (y / tall + 0.12) / 0.9
    middle = top + (foot - top) * down
    width = 0.04 + 0.30 * down
    cone = ramp(1.12 - (x - middle).abs() / width, 0.0, 0.45)
    pool = ramp(1.1 - (((x - foot) / 0.44) ** 2 + ((y - 0.62 * tall) / 0.46) ** 2).sqrt(), 0.0, 0.5)
    lit = torch.maximum(0.75 * cone * ramp(1.3 - down, 0, 0.8), pool)
    light = rgb(1.0, 0.96, 0.84, like=picture)
    dark = picture * rgb(0.10, 0.11, 0.17, like=picture)
    beam = cone * ramp(1.05 - down, 0.0, 1.0) * 0.30
    return _screen(mix(dark, (picture * 1.15 * light).clamp(0, 1), lit), beam * light)


def _dark(picture: Tensor, field: Field) -> Tensor:
    low = saturate(picture, 0.72).clamp(1e-4, 1) ** 1.35 * 0.50
    low = low * rgb(0.82, 0.95, 1.10, like=picture)
    fog = ramp(clouds(field, 400, 2, 3), 0.4, 0.9) * 0.05
    return ((low + fog) * (1 - 0.62 * vignette(field, 0.25, 1.0))).clamp(0, 1)


def _bright(picture: Tensor, field: Field) -> Tensor:
    high = picture.clamp(1e-4, 1) ** 0.62 * 0.86 + 0.16
    white = vignette(field, 0.5, 1.2) * 0.35
    return mix(high, torch.ones_like(high), white).clamp(0, 1)


def _neon(picture: Tensor, field: Field) -> Tensor:
    wide, tall = extent(field)
    x, y = plane(field)
    across = mix(x / wide, 1 - x / wide, edge(field.draw(400) - 0.5, 0.01)) + 0.25 * (y / tall - 0.5)
    pink, cyan = rgb(1.0, 0.10, 0.62, like=picture), rgb(0.05, 0.72, 1.0, like=picture)
    violet = rgb(0.42, 0.12, 0.95, like=picture)
    lamp = mix(mix(pink, violet, ramp(across, 0.15, 0.5)), cyan, ramp(across, 0.45, 0.9))
    tone = contrast(luma(picture), 1.2, 0.5)
    low = saturate(picture, 0.8) * rgb(0.34, 0.26, 0.50, like=picture)
    rim = edges(picture, 0.012).clamp(0, 1)
    lit = _screen(low, lamp * (0.75 * tone + 0.45 * rim))
    return _screen(lit, 0.55 * blur((lit - 0.45).clamp(0), 0.03) + 0.05 * lamp)


LIGHTS: Mapping[str, Filter] = MappingProxyType({
    "natural": _natural,
    "warm": _warm,
    "cool": _cool,
    "pastel": _pastel,
    "vivid": _vivid,
    "monochrome": _monochrome,
    "sepia": _sepia,
    "high contrast": _high_contrast,
    "soft light": _soft,
    "backlit": _backlit,
    "spotlight": _spotlight,
    "dark": _dark,
    "bright": _bright,
    "neon light": _neon,
})  # fmt: skip
