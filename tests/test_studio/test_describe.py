"""Descriptions in both languages: what was seen becomes prompts that our own language reads."""

from __future__ import annotations

import numpy as np

from sfumato.language import parse
from sfumato.models.judge import Tags, chinese, open_judge
from sfumato.studio.tags import in_chinese, in_english, look_of
from sfumato.train.seeing import names

SEEN = Tags(("fox", "castle"), ("red", ""), "forest", "watercolor", "OPEN")


def test_every_name_has_a_chinese_one() -> None:
    known, told = names(), chinese()
    assert {*known.things, *open_judge().names} <= set(told["things"])
    assert set(known.colours) == set(told["colours"]) and set(known.grounds) == set(told["grounds"])
    assert set(known.styles) == set(told["styles"])


def test_all_that_was_seen_is_said() -> None:
    look = look_of(np.full((40, 60, 3), (20, 30, 200), np.uint8))
    assert look == ("dark", "blue")
    english, mandarin = in_english(SEEN, look), in_chinese(SEEN, look)
    assert english[0] == 'a red fox and a castle, forest, with the word "OPEN"'
    assert english[1] == "watercolor of a red fox, forest, dark"
    assert mandarin[0] == "红色的狐狸和城堡，森林，写着“OPEN”"
    assert len(set(english)) == len(set(mandarin)) == 4
    assert not any(parse(text).problems for text in (*english, *mandarin))


def test_a_picture_in_which_nothing_is_recognised() -> None:
    look = look_of(np.full((9, 9, 3), 250, np.uint8))
    assert in_english(Tags((), ()), look)[1] == "a scene, bright light"
    assert in_chinese(Tags((), ()), look)[1] == "一个场景，明亮的光线"
