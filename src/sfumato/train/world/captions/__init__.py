"""What a person would type to get a scene: English or Chinese, short or long, with things left out."""

from __future__ import annotations

import re
from collections.abc import Set

import numpy as np

from sfumato.train.world.captions.chinese import chinese
from sfumato.train.world.captions.english import english, written
from sfumato.train.world.captions.slips import careless
from sfumato.train.world.scene import Scene

CHINESE = 0.3  # share of captions
CARELESS = 0.05

# The prompts that the README shows are never captions: what they give is not memory.
UNSEEN = frozenset(
    {
        "a serene landscape",
        "a portrait of a cat",
        "a tall skyscraper",
        "an intricate mechanical watch",
        "a mystical forest",
        "abstract shapes and colors",
        "a sunset over the ocean",
        "a city street at night",
        "a floral pattern",
        "a futuristic city skyline at sunset",
    }
)


def describe(scene: Scene, rng: np.random.Generator, unseen: Set[str] = UNSEEN) -> str:
    """One caption of the scene; another draw of `rng` gives other words for the same picture.

    Args:
        unseen: normalised captions that are never given.
    """
    while True:
        caption = chinese(scene, rng) if rng.random() < CHINESE else english(scene, rng)
        if rng.random() < CARELESS:
            caption = careless(caption, rng)
        if normalised(caption) not in unseen:
            return caption


def normalised(caption: str) -> str:
    """Lower case, single blanks, no points at the ends: how captions are compared with those held back."""
    return re.sub(r"\s+", " ", caption.lower()).strip(" .,。，")


def quoted(scene: Scene) -> tuple[str, ...]:
    """The strings to be read in the picture, as its captions quote them."""
    return (written(scene),) if scene.writing else ()
