"""Things of the past: read, noted, never an error of their own."""

from __future__ import annotations

import pytest

from sfumato.language import PARAMETERS, job, parse, read
from sfumato.language.legacy import LEGACY


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("--upbeta", {"upscaler": "beta"}),
        ("--uplight", {"upscaler": "light"}),
        ("--upanime", {"upscaler": "anime"}),
        ("--sameseed 42", {"sameseed": 42}),
        ("--test", {"test": True}),
        ("--testp", {"testp": True}),
        ("--creative", {"creative": True}),
        ("--style 4a", {"style": "4a"}),
        ("--style expressive", {"style": "expressive"}),
        ("--style cute", {"style": "cute"}),
        ("--v 1", {"version": "1"}),
        ("--v 2", {"version": "2"}),
        ("--v 3", {"version": "3"}),
        ("--v 3 --hd", {"version": "3", "hd": True}),
        ("--vibe", {}),
        ("--zoom 1.5", {}),
        ("--preview", {}),
        ("--pv 3", {}),
    ],
)
def test_legacy_gets_a_note(said: str, expected: dict[str, object]) -> None:
    reading = parse(f"a fox {said}")
    assert not reading.problems
    assert reading.notes
    made = job(reading.prompts[0])
    assert {key: value for key, value in made.items() if key not in ("text", "parts")} == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("--w 448 --h 320 --v 3", {"aspect": [7, 5], "version": "3"}),
        ("--h 512 --v 1", {"aspect": [1, 2], "version": "1"}),
        ("--wallpaper", {"aspect": [1920, 1024], "hd": True}),
        ("--sl", {"aspect": [320, 256]}),
        ("--ml", {"aspect": [448, 320]}),
        ("--ll", {"aspect": [768, 512], "hd": True}),
        ("--sp", {"aspect": [256, 320]}),
        ("--mp", {"aspect": [320, 448]}),
        ("--lp", {"aspect": [512, 768], "hd": True}),
        ("--h 512", {}),
    ],
)
def test_old_sizes(said: str, expected: dict[str, object]) -> None:
    reading = parse(f"a fox {said}")
    assert not reading.problems
    assert reading.notes
    made = job(reading.prompts[0])
    assert {key: value for key, value in made.items() if key not in ("text", "parts")} == expected


@pytest.mark.parametrize("said", ["--w 500 --v 3", "--w 64 --v 3", "--w 64 --h 1024 --v 2", "--w 0 --v 1"])
def test_old_sizes_have_limits(said: str) -> None:
    assert parse(f"a fox {said}").problems


def test_every_legacy_row_is_noted_when_said() -> None:
    for row in LEGACY:
        if row.name == "w":
            continue
        reading = parse(f"a fox {row.example}")
        assert reading.notes and not reading.problems, row.name


def test_todays_parameters_need_no_note() -> None:
    noisy = {row.name for row in PARAMETERS if row not in LEGACY and parse(f"a fox {row.example}").notes}
    # These say what they go with: a picture, a reference, a film.
    assert noisy == {"iw", "sw", "sv", "cw", "ow", "video", "motion", "loop", "end", "bs"}


def test_examples_are_valid() -> None:
    for row in PARAMETERS:
        model = " --v 3" if row.name in ("w", "h") else ""
        assert not parse(f"a fox {row.example}{model}").problems, row.name


def test_two_upscalers() -> None:
    reading = parse("a fox --upbeta --uplight")
    assert reading.prompts[0].parameters.upscaler == "light"
    assert "The prompt says `--upbeta` and `--uplight`; the last one counts." in reading.notes


def test_the_ten_prompts_the_project_started_from() -> None:
    said = """
        a serene landscape --v 6|a portrait of a cat --s 1000|a tall skyscraper --ar 9:16
        an intricate mechanical watch --q 2|a mystical forest --seed 123456789
        abstract shapes and colors --chaos 80|a sunset over the ocean|a city street at night --no cars
        a floral pattern --tile|a futuristic city skyline at sunset --upbeta
    """
    prompts = [each.strip() for line in said.strip().splitlines() for each in line.split("|")]
    assert len(prompts) == 10
    for prompt in prompts:
        reading = parse(f"/imagine prompt: {prompt}")
        assert not reading.problems
        assert reading.prompts == read(prompt)
        assert bool(reading.notes) == ("--upbeta" in prompt)
