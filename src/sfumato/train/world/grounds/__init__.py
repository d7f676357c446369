"""Backgrounds: a painter for every name of lexicon.GROUNDS, and the plain ground."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor

from sfumato.train.world.field import Field
from sfumato.train.world.grounds import (
    beyond,
    city,
    counters,
    garden,
    growth,
    halls,
    inside,
    land,
    rock,
    ruins,
    space,
    town,
    water,
)
from sfumato.train.world.grounds.plain import paint_plain
from sfumato.train.world.grounds.sky import Air, breathe, paint_sky
from sfumato.train.world.grounds.weather import bolt, fall

__all__ = ["HORIZONS", "PAINTERS", "Painter", "paint_plain"]

Painter = Callable[[Field], Tensor]


def outdoors(paint: Callable[[Field, Air, Tensor], Tensor], horizon: float) -> Painter:
    """A painter of a whole background (B, 3, H, W): sky to the horizon, the ground, weather before it."""

    def painter(field: Field) -> Tensor:
        air = breathe(field, horizon)
        sky = bolt(field, paint_sky(field, air, horizon), horizon)
        return fall(field, air, paint(field, air, sky), horizon).clamp(0, 1)

    return painter


PAINTERS: Mapping[str, Painter] = MappingProxyType({
    "snow": outdoors(land.snow, 0.56),
    "meadow": outdoors(land.meadow, 0.56),
    "desert": outdoors(land.desert, 0.54),
    "sea": outdoors(water.sea, 0.56),
    "mountains": outdoors(land.mountains, 0.56),
    "forest": outdoors(growth.forest, 0.60),
    "city": outdoors(city.city, 0.62),
    "city street": outdoors(city.street, 0.52),
    "space": space.space,
    "hills": outdoors(land.hills, 0.54),
    "beach": outdoors(water.beach, 0.48),
    "river": outdoors(water.river, 0.54),
    "lake": outdoors(water.lake, 0.56),
    "road": outdoors(land.road, 0.55),
    "jungle": outdoors(growth.jungle, 0.60),
    "bamboo forest": outdoors(growth.bamboo_forest, 0.62),
    "flower field": outdoors(garden.flower_field, 0.54),
    "garden": outdoors(garden.garden, 0.56),
    "rice terraces": outdoors(garden.rice_terraces, 0.48),
    "canyon": outdoors(rock.canyon, 0.52),
    "volcano": outdoors(rock.volcano, 0.60),
    "waterfall": outdoors(water.waterfall, 0.40),
    "underwater": beyond.underwater,
    "cave": beyond.cave,
    "sky": outdoors(beyond.above_clouds, 0.62),
    "village": outdoors(town.village, 0.52),
    "harbor": outdoors(town.harbor, 0.54),
    "market": outdoors(town.market, 0.58),
    "ruins": outdoors(ruins.ruins, 0.56),
    "room": inside.room,
    "bedroom": inside.bedroom,
    "kitchen": counters.kitchen,
    "library": inside.library,
    "cafe": counters.cafe,
    "factory": halls.factory,
    "stage": halls.stage,
    "moon surface": space.moon_surface,
})  # fmt: skip

# y of the ground's far edge: below it objects stand. 1 where they float.
HORIZONS: Mapping[str, float] = MappingProxyType({
    "snow": 0.66, "meadow": 0.62, "desert": 0.68, "sea": 0.60, "mountains": 0.76, "forest": 0.68,
    "city": 0.68, "city street": 0.62, "space": 1.0, "hills": 0.74, "beach": 0.70, "river": 0.64,
    "lake": 0.64, "road": 0.62, "jungle": 0.74, "bamboo forest": 0.74, "flower field": 0.62, "garden": 0.66,
    "rice terraces": 0.60, "canyon": 0.74, "volcano": 0.70, "waterfall": 0.72, "underwater": 1.0,
    "cave": 0.74, "sky": 1.0, "village": 0.74, "harbor": 0.66, "market": 0.66, "ruins": 0.68, "room": 0.74,
    "bedroom": 0.74, "kitchen": 0.74, "library": 0.74, "cafe": 0.74, "factory": 0.72, "stage": 0.76,
    "moon surface": 0.66,
})  # fmt: skip
