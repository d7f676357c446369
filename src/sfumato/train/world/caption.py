"""What a person would type to get a scene: English or Chinese, short or long, with things left out."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from sfumato.train.world.lexicon import COLOURS, GROUNDS, OBJECTS, STYLES, TIMES, Word
from sfumato.train.world.scene import SPACE, Placed, Scene

CHINESE = 0.2  # share of captions

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


def describe(scene: Scene, rng: np.random.Generator) -> str:
    """One caption of the scene; another draw of `rng` gives other words for the same picture."""
    while True:
        caption = _chinese(scene, rng) if rng.random() < CHINESE else _english(scene, rng)
        if caption not in UNSEEN:
            return caption


def _say(words: tuple[str, ...], rng: np.random.Generator) -> str:
    """The first name two times in three, else any other."""
    return words[0] if rng.random() < 0.65 else words[int(rng.integers(len(words)))]


def _english(scene: Scene, rng: np.random.Generator) -> str:
    body = _ENGLISH[scene.kind](scene, rng)
    if scene.style == 0:
        opening = rng.choice(np.array(["", "", "", "a picture of ", "a photo of ", "an image of "]))
        return f"{opening}{body}"
    style = _say(STYLES[scene.style].en, rng)
    shape = rng.choice(
        np.array(["{body}, {style}", "a {style} of {body}", "{body} in {style} style", "{style}, {body}"])
    )
    return str(shape).format(body=body, style=style)


def _thing(placed: Placed, rng: np.random.Generator) -> str:
    name = _say(OBJECTS[placed.index].en, rng)
    colour = f"{_say(COLOURS[placed.colour].en, rng)} " if placed.colour is not None else ""
    article = rng.choice(np.array(["a ", "a ", "the ", "", "one "]))
    return f"{article}{colour}{name}"


def _objects(scene: Scene, rng: np.random.Generator) -> str:
    things = str(rng.choice(np.array([" and ", " and ", " next to ", " with "]))).join(
        _thing(o, rng) for o in scene.objects
    )
    if scene.close:
        things = f"{rng.choice(np.array(['a portrait of', 'a close-up of', 'portrait of']))} {things}"
    return f"{things}{_place(scene, rng)}"


def _place(scene: Scene, rng: np.random.Generator) -> str:
    if scene.ground is None:
        colour = _say(COLOURS[scene.colour].en, rng)
        shape = rng.choice(
            np.array([" on a {} background", ", {} background", " on {}", ""], object),
            p=[0.4, 0.3, 0.15, 0.15],
        )
        return str(shape).format(colour)
    where = _say(GROUNDS[scene.ground].en, rng)
    shape = rng.choice(
        np.array([" in the {}", " in a {}", ", {}", " and {}", ""], object), p=[0.45, 0.15, 0.2, 0.1, 0.1]
    )
    return str(shape).format(where) + _time(scene, rng)


def _time(scene: Scene, rng: np.random.Generator) -> str:
    if scene.ground == SPACE or (scene.time == 0 and rng.random() < 0.85):
        return ""
    when = _say(TIMES[scene.time].en, rng)
    if scene.time == 3:
        return f" in the {when}" if rng.random() < 0.5 else f", {when}"
    return f" at {when}" if rng.random() < 0.6 else f", {when}"


def _scenery(scene: Scene, rng: np.random.Generator) -> str:
    assert scene.ground is not None
    where, when = _say(GROUNDS[scene.ground].en, rng), _say(TIMES[scene.time].en, rng)
    if scene.time and scene.ground != SPACE and rng.random() < 0.35:
        return f"a {when} over the {where}"
    article = rng.choice(np.array(["a ", "the ", ""]))
    return f"{article}{where}{_time(scene, rng)}"


def _pattern(scene: Scene, rng: np.random.Generator) -> str:
    name = _say(OBJECTS[scene.objects[0].index].en, rng)
    floral = 27 > scene.objects[0].index > 22 and rng.random() < 0.5
    subject = (
        f"a {'floral' if floral else name} pattern"
        if rng.random() < 0.7 or floral
        else f"a pattern of {name}"
    )
    return f"{subject}{_place(scene, rng)}"


def _abstract(scene: Scene, rng: np.random.Generator) -> str:
    return str(
        rng.choice(
            np.array(
                ["abstract shapes", "abstract colors", "abstract art, shapes", "an abstract composition"]
            )
        )
    )


_ENGLISH = MappingProxyType(
    {"objects": _objects, "scene": _scenery, "pattern": _pattern, "abstract": _abstract}
)


def _chinese(scene: Scene, rng: np.random.Generator) -> str:
    style = _say(STYLES[scene.style].zh, rng)
    body = _chinese_body(scene, rng)
    if not style:
        return body
    return f"{body}，{style}" if rng.random() < 0.6 else f"{style}，{body}"


def _chinese_body(scene: Scene, rng: np.random.Generator) -> str:
    if scene.kind == "abstract":
        return "抽象图形"
    where = _chinese_place(scene, rng)
    if scene.kind == "scene":
        return where
    things = "和".join(_chinese_thing(o, rng) for o in scene.objects)
    if scene.kind == "pattern":
        return f"{things}图案"
    things = f"{things}特写" if scene.close else things
    return f"{where}{'里' if scene.ground is not None else '上'}的{things}" if where else things


def _chinese_thing(placed: Placed, rng: np.random.Generator) -> str:
    colour = (
        _say(COLOURS[placed.colour].zh, rng) + ("的" if rng.random() < 0.5 else "")
        if placed.colour is not None
        else ""
    )
    return f"{'一只' if rng.random() < 0.4 else ''}{colour}{_say(OBJECTS[placed.index].zh, rng)}"


def _chinese_place(scene: Scene, rng: np.random.Generator) -> str:
    if scene.ground is None:
        return f"{_say(COLOURS[scene.colour].zh, rng)}背景" if rng.random() < 0.8 else ""
    when = "" if scene.time == 0 or scene.ground == SPACE else _named(TIMES[scene.time], rng)
    return f"{when}{_named(GROUNDS[scene.ground], rng)}"


def _named(word: Word, rng: np.random.Generator) -> str:
    return _say(word.zh, rng)
