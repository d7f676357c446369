"""Policies from TOML: the one of the package, and what people change in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sfumato.studio.policy.patterns import pattern_of
from sfumato.studio.policy.policy import Category, Level, Policy, Words

LEVELS: tuple[Level, ...] = ("off", "normal", "strict")
OWN = frozenset({"level", "levels", "allow", "sets", "categories"})


@cache
def default_policy(level: Level = "normal") -> Policy:
    """The policy of the package, at a level: "off", "normal", "strict"."""
    return replace(_policy(_default()), level=level)


def own_policy() -> Policy:
    """What holds where a person makes pictures for themselves: only what is always refused."""
    return default_policy("off")


def read_policy(said: str, otherwise: Level = "normal") -> Policy:
    """The policy that a person names: a level, or a file of their own, which adds to that of the package.

    said       "off", "normal", "strict", the path of a TOML file, or "" for none
    otherwise  the level where nothing is said of it

    Raises ValueError for what is neither, or cannot be read.
    """
    if said in LEVELS or not said:
        return default_policy(said or otherwise)  # type: ignore[arg-type]
    path = Path(said)
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"There is no policy {said!r}: write off, normal, strict, or name a file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ValueError(f"{path} is no TOML that can be read: {error}.") from None
    try:
        return _changed(own, otherwise)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no policy: {error}") from None


def _default() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("default.toml").read_text(encoding="utf-8"))


def _changed(own: Mapping[str, Any], otherwise: Level) -> Policy:
    if unknown := set(own) - OWN:
        raise ValueError(f"nobody reads {', '.join(sorted(unknown))}: there are {', '.join(sorted(OWN))}.")
    whole = _default()
    for name, words in own.get("sets", {}).items():
        before = whole["sets"].get(name, {})
        whole["sets"][name] = {key: [*before.get(key, []), *_list(words, key)] for key in ("words", "allow")}
    for name, category in own.get("categories", {}).items():
        before = whole["categories"].get(name, {"title": name, "title_zh": name, "normal": []})
        kept = {key: before[key] for key in ("always", "writing") if key in before}
        rules = {key: [*before.get(key, []), *_list(category, key)] for key in ("normal", "strict")}
        whole["categories"][name] = {**before, **category, **rules, **kept}
    levels = dict(own.get("levels", {}))
    known = _policy(whole)
    for name, level in (("level", own.get("level", otherwise)), *levels.items()):
        _check_level(name, level, [category.name for category in known.categories])
    allow = pattern_of(_list(own, "allow")) if "allow" in own else None
    return replace(known, level=own.get("level", otherwise), levels=levels, allow=allow)


def _check_level(name: str, level: object, known: Sequence[str]) -> None:
    if level not in LEVELS:
        raise ValueError(f"{name} cannot be {level!r}: it is off, normal or strict.")
    if name not in ("level", *known):
        raise ValueError(f"there is no category {name!r}: there are {', '.join(known)}.")


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    found = table.get(key, [])
    if not isinstance(found, list):
        raise ValueError(f"{key} is no list.")
    return found


def _policy(table: Mapping[str, Any]) -> Policy:
    sets = {
        name: Words(pattern_of(own["words"]), pattern_of(own.get("allow", [])))
        for name, own in table["sets"].items()
    }
    categories = tuple(_category(name, own, sets) for name, own in table["categories"].items())
    return Policy(categories, sets)


def _category(name: str, own: Mapping[str, Any], sets: Mapping[str, Words]) -> Category:
    rules = {key: tuple(map(tuple, own.get(key, []))) for key in ("normal", "strict")}
    for rule in (*rules["normal"], *rules["strict"]):
        if lost := [word for word in rule if word not in sets]:
            raise ValueError(f"the category {name} names a set {lost[0]!r} that there is not.")
    title, always, writing = own["title"], bool(own.get("always")), bool(own.get("writing"))
    return Category(name, title, own.get("title_zh", title), **rules, always=always, writing=writing)
