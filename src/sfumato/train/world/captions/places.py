"""How one stands in a place: prepositions and measures are a matter of each word."""

from __future__ import annotations

from types import MappingProxyType

_ENGLISH = MappingProxyType(
    {
        "in the": """
            snow, grass, desert, mountains, forest, woods, hills, countryside, jungle, rainforest,
            garden, park, sky, village, city, bedroom, kitchen, library, study, market, bazaar, ruins,
            ancient ruins, sand dunes, bamboo forest, rice terraces, living room, harbor, cliffs,
            terraced fields, clouds
            """,
        "in a": """
            snowy field, winter landscape, meadow, green field, mountain landscape, landscape, bamboo
            grove, flower field, field of flowers, canyon, cave, cavern, room, cafe, coffee shop,
            factory, workshop, port, small town, lava field, galaxy, theater
            """,
        "on a": "beach, road, highway, stage, city street, street, snowfield",
        "on the": "moon surface, moon",
        "by the": "sea, ocean, seaside, river, stream, lake, pond",
        "by a": "waterfall, volcano, coral reef",
        "before a": "city skyline, skyline",
        "under a": "starry sky",
        "in": "space",
    }
)
_BARE = """snow, sand dunes, mountains, cliffs, hills, ruins, ancient ruins, rice terraces, terraced fields,
    woods, grass, clouds"""
_WHOLE = MappingProxyType(
    {
        "underwater": ("underwater", "an underwater scene"),
        "under the sea": ("under the sea", "a scene under the sea"),
        "above the clouds": ("above the clouds", "a view above the clouds"),
        "the moon": ("on the moon", "the surface of the moon"),
        "moon surface": ("on the moon surface", "the moon surface"),
        "coral reef": ("at a coral reef", "a coral reef"),
    }
)
_CHINESE_END = MappingProxyType(
    {
        "上": """
            草地 海滩 公路 路 城市街道 街道 舞台 月球表面 月球 海 大海 海洋 田野 雪原 天空 山
            """.split(),
        "": "水下 海底 云端 湖边 海边".split(),
        "中": "太空 星空 风景 群山 废墟 遗迹 花海 城市 熔岩".split(),
        "旁": "瀑布 火山 河流 悬崖".split(),
        "边": "湖 河".split(),
        "前": "城市天际线".split(),
    }
)


def place(ground: str) -> tuple[str, str]:
    """Of an English name of a ground: where something is, and the place as a noun phrase."""
    if ground in _WHOLE:
        return _WHOLE[ground]
    how = next((how for how, names in _ENGLISH.items() if ground in _listed(names)), "in the")
    noun = f"{how.partition(' ')[2]} {ground}".strip()
    if ground in _listed(_BARE):
        noun = ground
    elif how.endswith(" the") and ground not in ("sea", "ocean", "sky", "countryside", "seaside"):
        noun = f"{'an' if ground[0] in 'aeiou' else 'a'} {ground}"
    return f"{how} {ground}", noun


def chinese_place(ground: str) -> str:
    """Where something is, without 在: 雪地里, 草地上, 湖边."""
    ends = (end for end, names in _CHINESE_END.items() if ground in names)
    return ground + next(ends, "里")


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",")]
