"""Which words of a prompt reach the picture today: the field of the plan they go to, by which formula, shown
where.

`notes` reads this table to say what a plan leaves out, and docs/parameters.md is generated from it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Honour:
    """One parameter of the language, or one piece of its grammar, and what the plan makes of it.

    `field` is the place in the Plan and `formula` what is put there; `test` shows it. All are empty, and
    `today` is False, where a parameter is understood but changes no picture yet.
    """

    parameter: str
    field: str = ""
    formula: str = ""
    test: str = ""
    today: bool = False


_DRAFT = "tests/test_plan/test_draft.py::"
_READING = "tests/test_language/test_expand.py::"

_TODAY = (
    Honour(
        "::",
        "parts[].weight",
        "D = D∅ + s·(Σ wᵢ·Dᵢ / Σ wᵢ − D∅), the weights as said",
        f"{_DRAFT}test_weights_reach_the_plan",
        True,
    ),
    Honour(
        "{ , }",
        "prompt",
        "one prompt, and one plan, for each option",
        f"{_READING}test_leftmost_is_slowest",
        True,
    ),
    Honour(
        "no",
        "parts[].weight",
        "the n words of all `--no` are parts of weight −0.5 / n",
        f"{_DRAFT}test_no_becomes_a_negative_part",
        True,
    ),
    Honour(
        "aspect",
        "width, height",
        "width / height nearest to w:h, in whole multiples of the family, within its budget of pixels",
        f"{_DRAFT}test_aspect_keeps_the_pixel_budget",
        True,
    ),
    Honour(
        "quality",
        "stages[].steps",
        "steps = max(1, round(default steps × q))",
        f"{_DRAFT}test_quality_scales_steps",
        True,
    ),
    Honour(
        "seed",
        "seeds[].number",
        "picture i takes slice i of the noise of this number; without it, of a random one",
        f"{_DRAFT}test_seed_and_sameseed",
        True,
    ),
    Honour(
        "sameseed",
        "seeds[].slice",
        "every picture takes slice 0 of the noise of this number",
        f"{_DRAFT}test_seed_and_sameseed",
        True,
    ),
    Honour(
        "stop",
        "stages[].end",
        "the stage that paints runs the first p / 100 of its steps",
        f"{_DRAFT}test_stop_ends_early",
        True,
    ),
    Honour(
        "tile",
        "wrap, post[]",
        "margins of 1/8 of the shorter side repeat what lies across the picture, and are cut off in the end",
        f"{_DRAFT}test_tile_adds_margins",
        True,
    ),
    *(
        Honour(
            name,
            "family, stages[].weights",
            "the model that the table of versions names (`sfumato models map`); where it is not here, "
            "the default one with words of the nearest style",
            "tests/test_studio/test_versions.py::test_versions_choose_who_paints",
            True,
        )
        for name in "version niji test testp style raw".split()
    ),
    Honour(
        "image",
        "inputs[].weight",
        "a reference of weight --iw × its own, read at acceptance, where the model reads references",
        "tests/test_studio/test_image_prompts.py::test_image_prompts_are_references",
        True,
    ),
    Honour(
        "iw",
        "inputs[].weight",
        "times the weight of every image prompt",
        "tests/test_studio/test_image_prompts.py::test_image_prompts_are_references",
        True,
    ),
    Honour(
        "repeat",
        "",
        "n plans, each with its own seed unless one is said",
        f"{_DRAFT}test_repeat_gives_plans",
        True,
    ),
)

_LATER = (
    Honour("sref", "references[]", "", f"{_DRAFT}test_random_style_becomes_a_code"),
    *(
        Honour(name)
        for name in """
    chaos stylize weird exp hd sd draft sw sv cref cw oref ow edit profile
    fast relax turbo public stealth video motion loop end bs creative uplight upbeta upanime
    """.split()
    ),
)

_SHAPES = tuple(
    Honour(
        name,
        "width, height",
        "read as `--ar`, and `--hd` where the size had it",
        "tests/test_language/test_legacy.py::test_old_sizes",
        True,
    )
    for name in "w h wallpaper sl ml ll sp mp lp".split()
)

_NOTHING = tuple(
    Honour(name, "", "changes nothing: it belongs to another time or place, and a note says so")
    for name in "vibe vibefast hq newclip nostretch old beta zoom preview pv dref dw".split()
)

HONOURED: tuple[Honour, ...] = (*_TODAY, *_SHAPES, *_LATER, *_NOTHING)
"""One row for every parameter of the language, and for the two pieces of grammar that reach the plan."""
