"""Chinese captions of a scene, in six lengths."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from sfumato.train.world import lexicon
from sfumato.train.world.captions.choice import Group, chance, groups, is_related, pick, say, seen
from sfumato.train.world.captions.english import FLORAL, written
from sfumato.train.world.captions.measures import measure
from sfumato.train.world.captions.places import chinese_place
from sfumato.train.world.scene import Scene

NUMBERS = ("零", "一", "两", "三", "四")
HIGH = ("华丽", "精致", "细节丰富", "繁复", "高度精细")
LOW = ("极简", "简洁", "简约", "朴素")
QUOTES = ("“{}”", "“{}”", "「{}」", "『{}』", '"{}"')
WHEN = MappingProxyType({"日落": "日落时分", "日出": "日出时分", "黎明": "黎明时分", "黄昏": "黄昏时分"})
SEAMLESS = ("无缝", "重复的", "")
CARVED = ("上面写着", "写着", "上面的字是")

SURFACES = MappingProxyType(
    {"面": "墙 涂鸦", "张": "海报 卡片 贺卡 标签", "块": "黑板 木牌 牌子 广告牌", "件": "T恤", "条": "横幅"}
)  # measure words


class Told(NamedTuple):
    """The parts of a caption; an empty one is not said."""

    subject: str  # 一只红色的狐狸
    bare: str  # 红色狐狸
    where: str  # 雪地里
    ground: str
    when: str
    weather: str
    light: str
    style: str
    rich: str
    stands: bool


def chinese(scene: Scene, rng: np.random.Generator) -> str:
    """One caption; shapes from two words to a paragraph."""
    told = _tell(scene, rng)
    form = int(rng.choice(6, p=(0.16, 0.22, 0.2, 0.17, 0.15, 0.1)))
    return (_short, _phrase, _sentence, _full, _tags, _paragraph)[form](told, rng)


def _tell(scene: Scene, rng: np.random.Generator) -> Told:
    subject, bare = _SUBJECTS[scene.kind](scene, rng)
    view = seen(scene)
    ground = where = ""
    if view.ground is not None:
        ground = say(lexicon.GROUNDS[view.ground].zh, rng)
        where = chinese_place(ground)
    elif view.colour is not None:
        ground = say(lexicon.COLOURS[view.colour].zh, rng) + pick(("背景", "的背景"), rng)
        where = f"{ground}上"
    if scene.kind == "scene":
        subject = bare = ground
        ground = where = ""
    kinds = {group.thing.kind for group in groups(scene.objects)}
    return Told(
        subject, bare, where, ground,
        when=_unless_usual(lexicon.TIMES, view.time, rng),
        weather=_unless_usual(lexicon.WEATHERS, view.weather, rng),
        light="" if view.light is None else say(lexicon.LIGHTS[view.light].zh, rng),
        style=say(lexicon.STYLES[view.style].zh, rng) if view.style or chance(rng, 0.3) else "",
        rich=pick(HIGH if view.rich > 0 else LOW, rng) if view.rich else "",
        stands=scene.kind == "objects" and not scene.close and kinds <= {"person"},
    )  # fmt: skip


def _unless_usual(table: Sequence[lexicon.Word], index: int | None, rng: np.random.Generator) -> str:
    if index is None or (index == 0 and chance(rng, 0.8)):
        return ""
    return say(table[index].zh, rng)


# What the picture is of


def _noun(group: Group, rng: np.random.Generator) -> tuple[str, str]:
    """With its measure word, and bare."""
    name = say(group.thing.zh, rng)
    colour = "" if group.colour is None else say(lexicon.COLOURS[group.colour].zh, rng)
    number = NUMBERS[min(group.number, 4)] + ("" if name.startswith("一") else measure(group.thing, name))
    number = "" if name.startswith("一") and group.number == 1 else number
    coloured = f"{colour}的" if colour else ""
    bare = f"{colour}{name}"
    return f"{number}{coloured}{name}", f"{number}{bare}" if group.number > 1 else bare


def _objects(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    nouns = [_noun(group, rng) for group in groups(scene.objects)]
    bare = "、".join(noun for _, noun in nouns) if len(nouns) > 2 else "和".join(noun for _, noun in nouns)
    joined = "和".join(filter(None, ("、".join(noun for noun, _ in nouns[:-1]), nouns[-1][0])))
    if scene.relation is not None and is_related(scene):
        side = say(lexicon.RELATIONS[scene.relation].zh, rng)
        return f"{nouns[1][0]}{side}的{nouns[0][0]}", bare
    if scene.close and len(nouns) == 1:
        alive = lexicon.things()[scene.objects[0].thing].kind in ("animal", "person", "face")
        how = pick(("肖像", "特写") if alive else ("特写", "近景特写"), rng)
        return f"{joined}的{how}", f"{bare}{how}"
    return joined, bare


def _scenery(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    return "", ""  # the ground is the subject


def _views(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    noun, bare = _noun(groups(scene.objects[:1])[0], rng)
    frame = pick(
        ("{}的三视图：正面、侧面和背面", "{}的三视图", "{}的角色设定图", "{}的正面、侧面和背面"), rng
    )
    return frame.format(noun), f"{bare}{pick(('三视图', '角色设定图'), rng)}"


def _writing(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    assert scene.writing is not None
    surface = say(lexicon.SURFACES[scene.writing.surface].zh, rng)
    quote = pick(QUOTES, rng).format(written(scene))
    unit = next((word for word, names in SURFACES.items() if surface in names.split()), "个")
    full = (
        f"写着{quote}的{surface}",
        f"一{unit}{surface}，{pick(CARVED, rng)}{quote}",
        f"一{unit}写着{quote}的{surface}",
    )
    more = "、".join(_noun(group, rng)[0] for group in groups(scene.objects))
    return pick(full, rng) + (f"，还有{more}" if more else ""), f"{surface}，{quote}"


def _pattern(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    if not scene.objects:
        return f"{pick(SEAMLESS, rng)}几何图案", "几何图案"
    group = groups(scene.objects[:1])[0]
    name = say(group.thing.zh, rng)
    colour = "" if group.colour is None else say(lexicon.COLOURS[group.colour].zh, rng)
    floral = group.thing.en[0] in FLORAL and not colour and chance(rng, 0.35)
    kind = pick(("花卉", "花朵"), rng) if floral else f"{colour}{name}"
    seamless = pick(SEAMLESS, rng)
    return f"{seamless}{kind}图案", f"{kind}图案"


def _abstract(scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    full = pick(("抽象的形状与色彩", "抽象构图", "一幅抽象画", "由抽象形状组成的画面"), rng)
    return full, pick(("抽象图形", "抽象艺术", "抽象画"), rng)


_SUBJECTS = MappingProxyType(
    {
        "objects": _objects, "scene": _scenery, "views": _views,
        "writing": _writing, "pattern": _pattern, "abstract": _abstract,
    }
)  # fmt: skip


# The lengths


def _short(told: Told, rng: np.random.Generator) -> str:
    return told.bare


def _phrase(told: Told, rng: np.random.Generator) -> str:
    when = told.when if chance(rng, 0.6) else ""
    place = told.where if chance(rng, 0.75) else ""
    return f"{when}{place}{'的' if when or place else ''}{told.subject}"


def _sentence(told: Told, rng: np.random.Generator) -> str:
    when = f"{WHEN.get(told.when, told.when)}，" if told.when else ""
    if told.where and not told.where.endswith("背景上") and "，" not in told.subject and chance(rng, 0.6):
        verb = pick(("站在", "在"), rng) if told.stands else "在"
        return f"{when}{told.subject}{verb}{told.where}。"
    place = f"{told.where}{'的' if not told.subject.startswith('一') else '有'}" if told.where else ""
    return f"{when}{place}{told.subject}" + pick(("。", ""), rng)


def _full(told: Told, rng: np.random.Generator) -> str:
    place = f"{told.when}{told.where}"
    body = f"{place}{'的' if place else ''}{told.subject}"
    more = [part for part in (told.weather, told.light, told.rich) if part and chance(rng, 0.75)]
    if told.style and chance(rng, 0.4):
        body = f"{told.style}：{body}" if told.style.endswith("画") else f"{told.style}，{body}"
        return "，".join((body, *more))
    return "，".join(
        (body, *more, *([f"{told.style}风格".replace("风格风格", "风格")] if told.style else []))
    )


def _tags(told: Told, rng: np.random.Generator) -> str:
    parts = (told.ground, told.when, told.weather, told.light, told.style, told.rich)
    rest = [part for part in parts if part and chance(rng, 0.8)]
    rng.shuffle(rest)
    return pick(("，", "，", "、"), rng).join(dict.fromkeys((told.bare, *rest)))


def _paragraph(told: Told, rng: np.random.Generator) -> str:
    where = f"{told.where}的" if told.where else ""
    shown = pick(("画面中是{}。", "这幅画画的是{}。", "图中是{}。"), rng)
    says = [shown.format(where + told.subject)]
    if told.when or told.weather:
        parts = (told.when and f"时间是{told.when}", told.weather and f"天气：{told.weather}")
        says.append("，".join(part for part in parts if part) + "。")
    if told.light:
        says.append(pick(("光线与色调：{}。", "画面的感觉是{}。"), rng).format(told.light))
    if told.style:
        says.append(f"采用{told.style}的表现手法{f'，画面{told.rich}' if told.rich else ''}。")
    elif told.rich:
        says.append(f"画面{told.rich}。")
    return "".join(says)
