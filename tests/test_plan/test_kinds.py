"""What a plan does is read from its form."""

from __future__ import annotations

import json

import pytest

from sfumato.language import read
from sfumato.plan import (
    Asked,
    Blend,
    Defaults,
    Pan,
    Plan,
    Region,
    Restyle,
    Source,
    Square,
    Upscale,
    Vary,
    Zoom,
    draft,
)
from sfumato.plan.kinds import kind_of

ONE = (Source("1" * 64, 192, 256),)
TWO = (*ONE, Source("2" * 64, 256, 256))
EDITS = [
    (Restyle(), ONE),
    (Restyle(strength=0.2), ONE),
    (Vary(), ONE),
    (Vary(strong=True), ONE),
    (Region(), TWO),
    (Zoom(), ONE),
    (Zoom(factor=1.5), ONE),
    (Square(), ONE),
    *((Pan(to=way), ONE) for way in ("left", "right", "up", "down")),
    (Upscale(), ONE),
    (Upscale(creative=True), ONE),
    (Blend(), TWO),
]


def record(plan: Plan) -> dict:
    return json.loads(plan.to_json())


@pytest.mark.parametrize(("edit", "sources"), EDITS, ids=repr)
@pytest.mark.parametrize("shape", ["", " --ar 3:2", " --ar 1:1"])
def test_every_edit_is_known_by_its_plan(edit, sources, shape: str, defaults: Defaults) -> None:
    (said,) = read(f"a fox{shape}")
    plan = edit.plan(Asked(said, defaults, sources, entropy=lambda: 7))
    assert kind_of(record(plan)) == edit.kind


def test_what_is_no_edit_keeps_its_operation(defaults: Defaults) -> None:
    (said,) = read("a fox --tile")
    plan = draft(said, defaults, lambda: 7)
    assert kind_of(record(plan)) == "imagine" and kind_of({}) == ""
    assert kind_of(record(plan.model_copy(update={"operation": "blend"}))) == "blend"
