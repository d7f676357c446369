"""The sky for a time of day and a weather, and the light it throws on everything below."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sfumato.train.world.field import Field, edge, rgb
from sfumato.train.world.grounds.brush import (
    SKY,
    disc,
    hashed,
    inside,
    mix,
    noise_tile,
    rolling,
    sample,
    tall,
    wide,
)

DAY, SUNSET, NIGHT, DAWN, GOLDEN = range(5)
CLEAR, CLOUDY, RAIN, SNOW, FOG, STORM = range(6)

# Per time of day three moods: the sky at the top, halfway and at the horizon, the sun, the light below.
_SKIES = (
    (
        ((0.10, 0.38, 0.83), (0.36, 0.66, 0.95), (0.80, 0.92, 0.99), (1.0, 0.98, 0.88), (1.0, 1.0, 1.0)),
        ((0.16, 0.50, 0.82), (0.48, 0.77, 0.93), (0.94, 0.95, 0.90), (1.0, 0.96, 0.82), (1.03, 1.0, 0.94)),
        ((0.28, 0.50, 0.90), (0.58, 0.76, 0.98), (0.93, 0.93, 0.99), (1.0, 0.98, 0.92), (1.0, 0.99, 1.02)),
    ),
    (
        ((0.17, 0.12, 0.38), (0.78, 0.30, 0.42), (1.00, 0.68, 0.30), (1.0, 0.88, 0.58), (0.80, 0.52, 0.50)),
        ((0.25, 0.30, 0.62), (0.93, 0.50, 0.58), (1.00, 0.80, 0.52), (1.0, 0.94, 0.74), (0.88, 0.62, 0.60)),
        ((0.28, 0.08, 0.26), (0.85, 0.25, 0.20), (1.00, 0.60, 0.16), (1.0, 0.86, 0.40), (0.82, 0.46, 0.36)),
    ),
    (
        ((0.01, 0.02, 0.09), (0.04, 0.08, 0.23), (0.12, 0.22, 0.44), (0.94, 0.95, 0.88), (0.20, 0.28, 0.50)),
        ((0.02, 0.03, 0.10), (0.09, 0.08, 0.27), (0.30, 0.22, 0.46), (0.97, 0.93, 0.90), (0.26, 0.25, 0.48)),
        ((0.00, 0.04, 0.09), (0.02, 0.14, 0.23), (0.10, 0.34, 0.42), (0.93, 0.97, 0.93), (0.18, 0.32, 0.44)),
    ),
    (
        ((0.32, 0.46, 0.76), (0.78, 0.68, 0.82), (1.00, 0.84, 0.72), (1.0, 0.95, 0.82), (0.86, 0.76, 0.82)),
        ((0.44, 0.55, 0.80), (0.94, 0.74, 0.78), (1.00, 0.90, 0.70), (1.0, 0.97, 0.84), (0.92, 0.79, 0.80)),
        ((0.22, 0.42, 0.62), (0.60, 0.74, 0.80), (1.00, 0.82, 0.62), (1.0, 0.94, 0.76), (0.80, 0.78, 0.80)),
    ),
    (
        ((0.36, 0.56, 0.78), (0.92, 0.80, 0.56), (1.00, 0.74, 0.34), (1.0, 0.95, 0.70), (1.12, 0.90, 0.58)),
        ((0.55, 0.60, 0.66), (1.00, 0.80, 0.46), (1.00, 0.68, 0.28), (1.0, 0.94, 0.62), (1.14, 0.86, 0.50)),
        ((0.26, 0.50, 0.72), (0.72, 0.78, 0.68), (1.00, 0.84, 0.46), (1.0, 0.97, 0.74), (1.10, 0.94, 0.64)),
    ),
)  # fmt: skip
# Per weather: how grey the sky is, how bright it is, how bright things are, fog, and how much cloud.
_WEATHERS = (
    (0.0, 1.0, 1.0, 0.0, 0.0),
    (0.55, 0.90, 0.86, 0.06, 0.62),
    (0.78, 0.66, 0.66, 0.24, 0.7),
    (0.62, 0.94, 0.92, 0.26, 0.55),
    (0.62, 0.98, 0.90, 0.75, 0.2),
    (0.78, 0.36, 0.52, 0.10, 0.9),
)
_LAMPS = (0.0, 0.75, 1.0, 0.35, 0.3)


@dataclass(frozen=True)
class Air:
    """The light of a row's time and weather. Colours are (B, 3, 1, 1), numbers (B, 1, 1, 1)."""

    top: Tensor
    middle: Tensor
    low: Tensor
    sun: Tensor
    light: Tensor
    fog: Tensor
    cloud: Tensor
    night: Tensor  # 1 at night
    lamps: Tensor  # how bright lit windows and lamps shine, 0 … 1
    sun_x: Tensor  # in short sides
    sun_y: Tensor  # in heights
    shining: Tensor  # how clearly the sun or the moon is seen, 0 … 1

    def haze(self) -> Tensor:
        """The colour of what is very far away."""
        return self.low * 0.65 + self.middle * 0.35

    def lit(self, colour: Tensor | tuple[float, float, float], far: Tensor | float = 0.0) -> Tensor:
        """A colour in this light, seen through the haze of `far` (0 at the viewer, 1 at the horizon)."""
        own = rgb(*colour, like=self.low) if isinstance(colour, tuple) else colour
        shown = (own * self.light).clamp(max=1)
        haze = self.haze()
        thin = torch.exp(-(1 + 5 * self.fog) * torch.as_tensor(far, device=own.device))
        return haze + (shown - haze) * thin

    def lamp(self, colour: tuple[float, float, float], dark: Tensor) -> Tensor:
        """The colour of something that shines when it is dark, and has the colour `dark` by day."""
        return mix(dark, rgb(*colour, like=dark), self.lamps)


def breathe(field: Field, horizon: float) -> Air:
    """The air of each row over a horizon at this y."""
    device = field.draws.device
    mood = (field.draws[:, 360] * 3).long()
    colours = torch.tensor(_SKIES, device=device)[field.time, mood][..., None, None]
    grey, bright, light, fog, cloud = torch.tensor(_WEATHERS, device=device)[field.weather].T[
        ..., None, None, None
    ]
    sky = _greyed(colours[:, :4], grey[:, None]) * bright[:, None]
    night = (field.time == NIGHT).float()[:, None, None, None]
    day = (field.time == DAY).float()[:, None, None, None]
    high = torch.maximum(night, day)
    lamps = torch.tensor(_LAMPS, device=device)[field.time][:, None, None, None]
    return Air(
        *(sky[:, part] for part in range(3)),
        sun=mix(sky[:, 3], colours[:, 3], 0.5),
        light=_greyed(colours[:, 4:], 0.6 * grey[:, None])[:, 0] * light,
        fog=fog,
        cloud=torch.maximum(cloud, field.draw(361, -0.2, 0.55) * (0.6 + 0.4 * field.richness)),
        night=night,
        lamps=torch.maximum(lamps, 0.8 * grey - 0.25),
        sun_x=wide(field) * field.draw(362, 0.14, 0.86),
        sun_y=mix(horizon - field.draw(363, -0.01, 0.13), 0.08 + field.draw(363, 0.0, 0.28) * horizon, high),
        shining=(1 - 1.25 * grey).clamp(min=0),
    )


def _greyed(colours: Tensor, grey: Tensor) -> Tensor:
    """Colours (B, n, 3, 1, 1) pulled towards a cool grey of the same brightness."""
    weights = torch.tensor((0.35, 0.5, 0.15), device=colours.device)[None, None, :, None, None]
    plain = (colours * weights).sum(2, keepdim=True)
    tint = torch.tensor((0.95, 1.0, 1.07), device=colours.device)[None, None, :, None, None]
    return mix(colours, plain * tint, grey)


def paint_sky(field: Field, air: Air, horizon: float) -> Tensor:
    """The whole sky (B, 3, H, W) down to the horizon, the haze of the horizon below it."""
    t = (field.y / horizon).clamp(0, 1)
    sky = mix(air.top, air.middle, (t / 0.62).clamp(0, 1))
    sky = mix(sky, air.low, ((t - 0.45) / 0.55).clamp(0, 1) ** 1.3).expand(-1, -1, *field.size)
    sky = _at_night(field, air, sky)
    sky = _sun(field, air, sky)
    return clouds(field, air, sky, horizon)


def _sun(field: Field, air: Air, sky: Tensor) -> Tensor:
    x, y = field.x - air.sun_x, (field.y - air.sun_y) * tall(field)
    low = 1 - (field.time == DAY).float()[:, None, None, None] - air.night
    far = (x * x * (1 - 0.6 * low) + y * y).sqrt()
    glow = torch.exp(-far * (7 + 3 * air.night)) * (0.75 - 0.3 * air.night) * (0.25 + 0.75 * air.shining)
    sky = mix(sky, air.sun, glow)
    radius = 0.042 + 0.03 * low * field.draw(364) + 0.02 * air.night
    face = inside(field, disc(x, y, radius), 2) * air.shining * (field.draw(365) < 0.55 + 0.4 * low).float()
    bite = inside(field, disc(x - radius * 0.45, y + radius * 0.2, radius * 0.95), 2)
    face = face * (1 - bite * air.night * (field.draw(366) < 0.45).float())
    crater = 1 - 0.12 * air.night * inside(field, disc(x + radius * 0.3, y - radius * 0.2, radius * 0.3), 4)
    return mix(sky, (air.sun * 0.35 + 0.68).clamp(max=1) * crater, face)


def stars(field: Field, density: float, salt: int, share: float = 0.4) -> Tensor:
    """Dots of light (B, 1, H, W), one in each of `share` of the cells, `density` cells a short side."""
    u, v = field.x * density, field.y * (density * tall(field))
    column, row = torch.floor(u), torch.floor(v)
    value = hashed(field, salt, column, row, SKY)
    across, down = u - column - 0.5, v - row - 0.5
    place = hashed(field, salt + 1, column, row, SKY)
    far = disc(across - 0.6 * (place - 0.5), down - 0.6 * (value * 7 % 1 - 0.5), 0.0)
    true = 0.0022 * density
    seen = max(true, 0.75 * field.texel * density)
    return (
        (1 - far / (2 * seen)).clamp(0, 1) * (true / seen) ** 0.6 * ((value - 1 + share) / share).clamp(0, 1)
    )


def _at_night(field: Field, air: Air, sky: Tensor) -> Tensor:
    keep = (field.time == NIGHT).nonzero()[:, 0]
    if not len(keep):
        return sky
    return sky.index_copy(0, keep, _starry(field.rows(keep), air.shining[keep], sky[keep]))


def _starry(field: Field, shining: Tensor, sky: Tensor) -> Tensor:
    """Stars, and on clear and rich nights the milky way."""
    share = 0.25 + 0.5 * field.richness
    dots = stars(field, 34, 40) * share * 1.6 + 1.5 * stars(field, 9, 44, 0.35)
    shown = shining * (1 - field.y * 0.9)
    across = (field.x - wide(field) * field.draw(367)) * 0.8
    band = across + (field.y * tall(field) - 0.4) * field.draw(368, -0.9, 0.9)
    dust = sample(noise_tile(field, 50, SKY), field.x * 0.8, field.y * 0.8)
    way = torch.exp(-((band * 4) ** 2)) * (dust - 0.25).clamp(0, 1) * (field.richness > 0.35).float()
    sky = mix(sky, rgb(0.66, 0.68, 0.92, like=sky), (way * shown * 0.9).clamp(0, 0.7))
    return mix(sky, rgb(1.0, 0.98, 0.94, like=sky), (dots * shown).clamp(0, 1))


def clouds(field: Field, air: Air, sky: Tensor, horizon: float) -> Tensor:
    """Heaps and streaks of cloud in perspective over the whole sky, and banks of cumulus near the horizon."""
    reach = ((horizon - field.y) * tall(field)).clamp(min=0) + 0.22
    u = (field.x - wide(field) / 2) * (0.2 / reach) + field.draw(370) * 3
    v = 0.14 / reach + field.draw(371) * 3
    tile = noise_tile(field, 60, SKY, True)
    heap = sample(tile, u, v)
    streak = sample(tile, u * 0.5 + 0.11 * v, v * 2.4)
    kind = (field.draw(372) < 0.6).float()
    body = mix(streak, heap, kind)
    light = mix(streak, sample(tile, u - 0.012, v + 0.03), kind)
    floor = 0.86 - 0.72 * air.cloud
    cover = ((body - floor) * (3.2 - 1.2 * (1 - kind))).clamp(0, 1)
    cover = cover * cover * (3 - 2 * cover) * (1 - 0.35 * air.fog) * edge(field.y - horizon, 0.2)
    shade = (0.45 + (body - light) * 2.6 + 0.35 * (1 - (body - floor) * 2)).clamp(0, 1)
    bright, dark = cloud_colours(air)
    sky = mix(sky, mix(dark, bright, shade), cover * (0.9 - 0.15 * air.night))
    return _banks(field, air, sky, horizon)


def cloud_colours(air: Air) -> tuple[Tensor, Tensor]:
    """The lit and the shaded side of a cloud."""
    bright = mix(air.sun * 0.55 + 0.45 * air.low, air.middle * 1.25, 0.9 * air.night)
    dark = mix(air.top * 0.35 + air.middle * 0.65, air.low, 0.25) * (1 - 0.12 * air.cloud.clamp(0, 1))
    return bright.clamp(0, 1), dark.clamp(0, 1)


def _banks(field: Field, air: Air, sky: Tensor, horizon: float) -> Tensor:
    """Rounded heaps along the horizon, on about half of the rows."""
    shown = (field.draw(373) < 0.35 + 0.3 * field.richness).float() * (1 - air.fog)
    bright, dark = cloud_colours(air)
    for layer in range(2):
        k = 374 + 3 * layer
        rise = rolling(field, 70 + layer, field.x * 1.7 + 9 * field.draw(k), SKY)
        for octave in range(3):
            bump = torch.sin(field.x * (9.0 * 1.9**octave) + 40 * field.draw(k + 1)).abs()
            rise = rise + (bump - 0.6) * 0.24 * 0.6**octave
        depth = field.y - (horizon - (0.04 + 0.22 * (rise - 0.25 + 0.1 * layer).clamp(min=0)) / tall(field))
        body = edge(-depth, 3 / field.size[0]) * edge(field.y - horizon, 0.06)
        tone = mix(bright, dark, (depth * tall(field) * 6).clamp(0, 1))
        sky = mix(sky, mix(tone, air.low, 0.35 - 0.2 * layer), body * shown * 0.8)
    return sky
