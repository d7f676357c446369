"""English captions of a scene, in six lengths."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from sfumato.train.world import lexicon
from sfumato.train.world.captions.choice import Group, chance, groups, is_related, pick, say, seen
from sfumato.train.world.captions.nouns import article, count, plural
from sfumato.train.world.captions.places import place
from sfumato.train.world.scene import Scene

RELATIONS = MappingProxyType(
    {
        "left of": ("to the left of", "on the left of", "left of"),
        "right of": ("to the right of", "on the right of", "right of"),
        "above": ("above", "over"),
        "below": ("below", "under", "underneath"),
        "behind": ("behind",),
    }
)
HIGH = ("ornate", "intricate", "highly detailed", "rich", "richly detailed", "elaborate")
LOW = ("minimal", "simple", "plain", "minimalist", "uncluttered")
QUOTES = ('"{}"', '"{}"', "“{}”", "‘{}’", "'{}'")
FLORAL = frozenset("flower rose tulip sunflower hibiscus lotus daisy poppy lily hyacinth bouquet".split())
SEAMLESS = ("seamless ", "repeating ", "")
PIECES = tuple("painting drawing sketch photo photograph print illustration sticker mosaic".split())
STANDING = frozenset({"person"})


class Told(NamedTuple):
    """The parts of a caption; an empty one is not said."""

    subject: str  # with articles: "a red fox to the left of a cat"
    bare: str  # as a tag: "red fox, cat"
    where: str  # "in the snow"
    ground: str  # as a tag: "snow"
    when: str  # "at sunset"
    time: str
    weather: str
    light: str
    style: str
    rich: str
    verb: str  # joins subject and where in a sentence


def english(scene: Scene, rng: np.random.Generator) -> str:
    """One caption; shapes from two words to a paragraph."""
    told = _tell(scene, rng)
    form = int(rng.choice(6, p=(0.16, 0.22, 0.2, 0.17, 0.15, 0.1)))
    return (_short, _phrase, _sentence, _full, _tags, _paragraph)[form](told, rng)


def _tell(scene: Scene, rng: np.random.Generator) -> Told:
    subject, bare = _SUBJECTS[scene.kind](scene, rng)
    view = seen(scene)
    where, ground, noun = "", "", ""
    if view.ground is not None:
        where, noun = place(say(lexicon.GROUNDS[view.ground].en, rng))
        ground = noun.removeprefix("the ").removeprefix("a ").removeprefix("an ")
    elif view.colour is not None:
        ground = f"{say(lexicon.COLOURS[view.colour].en, rng)} background"
        where = f"on {article(ground)}"
    if scene.kind == "scene":
        subject, bare, where, ground = noun or article(ground), ground, "", ""
    time = _unless_usual(lexicon.TIMES, view.time, rng)
    weather = _unless_usual(lexicon.WEATHERS, view.weather, rng)
    style = say(lexicon.STYLES[view.style].en if view.style else ("photo", "photograph"), rng)
    return Told(
        subject, bare, where, ground, _when(time), time, weather,
        light="" if view.light is None else say(lexicon.LIGHTS[view.light].en, rng),
        style=style if view.style or chance(rng, 0.3) else "",
        rich=pick(HIGH if view.rich > 0 else LOW, rng) if view.rich else "",
        verb=_verb(scene, rng),
    )  # fmt: skip


def _unless_usual(table: Sequence[lexicon.Word], index: int | None, rng: np.random.Generator) -> str:
    """Day and clear weather go without saying, most times."""
    if index is None or (index == 0 and chance(rng, 0.8)):
        return ""
    return say(table[index].en, rng)


def _when(time: str) -> str:
    if not time:
        return ""
    return {"day": "by day", "daytime": "in the daytime", "golden hour": "at golden hour"}.get(
        time, f"at {time}"
    )


def _verb(scene: Scene, rng: np.random.Generator) -> str:
    things = groups(scene.objects)
    many = (len(things) > 1 and not is_related(scene)) or (bool(things) and things[0].number > 1)
    if scene.kind == "objects" and not scene.close and {g.thing.kind for g in things} <= STANDING:
        return pick(("stand", "are") if many else ("stands", "is"), rng)
    return "are" if scene.kind == "objects" and many and not scene.close else "is"


# What the picture is of


def _noun(group: Group, rng: np.random.Generator) -> tuple[str, str]:
    """With its article or number, and bare."""
    name = say(group.thing.en, rng)
    colour = "" if group.colour is None else say(lexicon.COLOURS[group.colour].en, rng)
    if group.number > 1:
        counted = count(name, min(group.number, 4), colour)
        return counted, counted
    coloured = f"{colour} {name}".strip()
    article_ = article(name) if not colour else (coloured if article(name) == name else article(coloured))
    return (f"the {coloured}" if chance(rng, 0.04) else article_), coloured


def _objects(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    nouns = [_noun(group, rng) for group in groups(scene.objects)]
    bare = ", ".join(noun for _, noun in nouns)
    if scene.relation is not None and is_related(scene):
        words = pick(RELATIONS[lexicon.RELATIONS[scene.relation].en[0]], rng)
        return f"{nouns[0][0]} {words} {nouns[1][0]}", bare
    joined = _joined([noun for noun, _ in nouns])
    if scene.close and len(nouns) == 1:
        alive = lexicon.things()[scene.objects[0].thing].kind in ("animal", "person", "face")
        how = pick(("portrait", "portrait", "close-up") if alive else ("close-up", "close-up view"), rng)
        return f"a {how} of {joined}", f"{bare} {how}" if chance(rng, 0.5) else f"{how} of {joined}"
    return joined, bare


def _joined(nouns: list[str]) -> str:
    return " and ".join((", ".join(nouns[:-1]), nouns[-1])) if len(nouns) > 1 else "".join(nouns)


def _scenery(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    return "", ""  # the ground is the subject


def _views(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    noun, bare = _noun(groups(scene.objects[:1])[0], rng)
    frame = pick(
        (
            "three views of {}: front, side and back",
            "a character sheet of {}",
            "a character sheet of {}, front, side and back view",
            "a turnaround of {}: front, side and back",
            "{} from the front, from the side and from behind",
        ),
        rng,
    )
    return frame.format(noun), pick(
        (f"{bare} character sheet", f"{bare}, three views", f"{bare} turnaround"), rng
    )


def _writing(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    assert scene.writing is not None
    surface = say(lexicon.SURFACES[scene.writing.surface].en, rng)
    words = written(scene)
    usable = [quote for quote in QUOTES if not set("'’") & set(words) or quote[0] in '"“']
    quote = pick(usable, rng).format(words)
    says = pick(("that says", "that reads", "saying", "with the words", "with the text"), rng)
    more = _joined([_noun(group, rng)[0] for group in groups(scene.objects)])
    beside = f" and {more}" if more else ""
    return f"{article(surface)} {says} {quote}{beside}", f"{surface} {quote}"


def written(scene: Scene) -> str:
    """The lines as one string: Chinese without blanks between."""
    lines = scene.writing.lines if scene.writing else ()
    return ("" if any(letter >= "\u3400" for line in lines for letter in line) else " ").join(lines)


def _pattern(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    if not scene.objects:
        return article(f"{pick(SEAMLESS, rng)}geometric pattern"), "geometric pattern"
    group = groups(scene.objects[:1])[0]
    name = say(group.thing.en, rng)
    colour = "" if group.colour is None else f"{say(lexicon.COLOURS[group.colour].en, rng)} "
    floral = group.thing.en[0] in FLORAL and not colour and chance(rng, 0.35)
    kind = "floral" if floral else f"{colour}{name}"
    seamless = pick(SEAMLESS, rng)
    if floral or chance(rng, 0.4):
        return article(f"{seamless}{kind} pattern"), f"{kind} pattern"
    of = f"{seamless}pattern of {colour}{plural(name)}"
    return f"a {of}", of


def _abstract(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    full = pick(
        ("an abstract composition", "abstract shapes and colors", "an abstract picture of shapes",
         "abstract forms", "an abstract painting", "a composition of abstract shapes"),
        rng,
    )  # fmt: skip
    return full, pick(("abstract shapes", "abstract art", "abstract colors", "abstract forms"), rng)


_SUBJECTS = MappingProxyType(
    {
        "objects": _objects, "scene": _scenery, "views": _views,
        "writing": _writing, "pattern": _pattern, "abstract": _abstract,
    }
)  # fmt: skip


# The lengths


def _short(told: Told, rng: np.random.Generator) -> str:
    return told.bare.replace(", ", " and ", 1) if told.bare.count(",") == 1 else told.bare


def _phrase(told: Told, rng: np.random.Generator) -> str:
    rest = [part for part in (told.where, told.when) if part and chance(rng, 0.65)]
    return " ".join((told.subject, *rest))


def _sentence(told: Told, rng: np.random.Generator) -> str:
    rest = " ".join(part for part in (told.where, told.when) if part)
    if told.where and chance(rng, 0.6):
        return _upper(f"{told.subject} {told.verb} {rest}.")
    return _upper(f"{told.subject} {rest}".strip() + pick((".", ""), rng))


def _full(told: Told, rng: np.random.Generator) -> str:
    body = " ".join(part for part in (told.subject, told.where, told.when) if part)
    more = [part for part in (_in_weather(told.weather), told.light, told.rich) if part and chance(rng, 0.75)]
    if told.style:
        frame = ("{body}, {style}", "{body} in {style} style", "{style}, {body}", "{a_style} of {body}")
        body = pick(frame, rng).format(body=body, style=told.style, a_style=_piece(told.style))
    return ", ".join((body, *more))


def _piece(style: str) -> str:
    """The style as the name of a picture."""
    return article(style if style.endswith(PIECES) else f"{style} picture")


def _in_weather(weather: str) -> str:
    nouns = ("rain", "snow", "snowfall", "fog", "mist", "storm", "thunderstorm")
    if weather in nouns:
        return f"in a {weather}" if weather.endswith("storm") else f"in the {weather}"
    return "lightning" if weather == "lightning" else f"{weather} weather" if weather else ""


def _tags(told: Told, rng: np.random.Generator) -> str:
    parts = (told.ground, told.time, told.weather, told.light, told.style, told.rich)
    rest = [part for part in parts if part and chance(rng, 0.8)]
    rng.shuffle(rest)
    return ", ".join(dict.fromkeys((told.bare, *rest)))


def _paragraph(told: Told, rng: np.random.Generator) -> str:
    first = " ".join(part for part in (told.subject, told.where) if part)
    says = [_upper(pick(("{}.", "the picture shows {}.", "this picture shows {}."), rng).format(first))]
    if told.time or told.weather:
        parts = (
            told.time and f"it is {told.when.removeprefix('at ')}",
            told.weather and _it_is(told.weather),
        )
        says.append(_upper(" and ".join(part for part in parts if part)) + ".")
    if told.light:
        says.append(
            f"The mood is {told.light}." if chance(rng, 0.3) else f"The light and colors: {told.light}."
        )
    if told.style or told.rich:
        style = told.style and pick(("done as {}", "in the style of {}"), rng).format(_made(told.style))
        rich = told.rich and f"the picture is {told.rich}"
        says.append(_upper(", ".join(part for part in (rich or "the picture is", style) if part)) + ".")
    return " ".join(says).replace("picture is, ", "picture is ")


def _made(style: str) -> str:
    return article(style) if style.endswith(PIECES) else style


def _it_is(weather: str) -> str:
    if weather in ("clear", "cloudy", "overcast", "rainy", "foggy", "snowing"):
        return f"it is {weather}"
    return f"there is {article(weather) if weather.endswith('storm') else weather}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
