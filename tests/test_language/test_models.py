"""What each model takes, against a table copied by hand from Midjourney's documentation."""

from __future__ import annotations

import pytest

from sfumato.language import job, parse, read

MODELS = tuple(
    "--v|1 --v|2 --v|3 --test --testp --v|4 --niji|4 --v|5 --v|5.1 --niji|5 --v|5.2 --v|6 --niji|6 --v|6.1 "
    "--v|7 --niji|7 --v|8.1 --v|8.2".replace("|", "_").split()
)

# One letter for each model in the order above: x takes it, . does not.
SUPPORT = """
                      1 2 3 t p 4 n 5 5 n 5 6 n 6 7 n 8 8
--ar_3:2              x x x x x x x x x x x x x x x x x x
--chaos_30            . . x x x x x x x x x x x x x x x x
--weird_500           . . . . . . . x x x x x x x x x x x
--exp_20              . . . . . . . . . . . . . . x . x x
--quality_1           x x x x x x x x x x x x x x x x . .
--seed_7              x x x x x x x x x x x x x x x x x x
--sameseed_7          x x x x x . . . . . . . . . . . . .
--stop_80             x x x x x x x x x x x x x x . . . .
--no_cars             x x x x x x x x x x x x x x x x x x
--raw                 . . . . . . . . x . x x x x x x x x
--style_raw           . . . . . . . . x . x x x x x x x x
--style_4a            . . . . . x . . . . . . . . . . . .
--style_scenic        . . . . . . . . . x . . . . . . . .
--tile                x x x x x . . x x . x x x x x . x x
--hd                  x x x . . . . . . . . . . . . . x x
--sd                  . . . . . . . . . . . . . . . . x x
--draft               . . . . . . . . . . . . . . x . x x
--iw_1                x x x . . . . x x x x x x x x x x x
--sref_123            . . . . . . . . . . . x x x x x x x
--sw_100              . . . . . . . . . . . x x x x x x x
--sv_4                . . . . . . . . . . . x x x x x x x
--cref_a.png          . . . . . . . . . . . x x x . . . .
--cw_50               . . . . . . . . . . . x x x . . . .
--oref_a.png          . . . . . . . . . . . . . . x . . .
--ow_50               . . . . . . . . . . . . . . x . . .
--edit_a.png          . . . . . . . . . . . . . . . . x x
--profile             . . . . . . . . . . . x x x x x x x
--repeat_2            x x x x x x x x x x x x x x x x x x
--turbo               x x x x x x x x x x x x x x x x . .
--relax               x x x x x x x x x x x x x x x x x x
--video               x x x x x . . x x x x x x x x x x x
--creative            . . . x x . . . . . . . . . . . . .
--upbeta              x x x x x x x . . . . . . . . . . .
--w_512               x x x . . . . x x x x x x x x x x x
--h_512               x x x . . . . . . . . . . . . . . .
--sl                  x x x . . . . . . . . . . . . . . .
--vibe                x x . . . . . . . . . . . . . . . .
"""
ROWS = [line.split() for line in SUPPORT.strip().splitlines()[1:]]
CASES = [(row[0], model, mark == "x") for row in ROWS for model, mark in zip(MODELS, row[1:], strict=True)]


def test_open_takes_everything() -> None:
    for row in ROWS:
        assert not parse(f"a fox {row[0].replace('_', ' ')}").problems, row[0]


@pytest.mark.parametrize("model", MODELS)
def test_support(model: str) -> None:
    wrong = []
    for said, of, takes in CASES:
        if of != model:
            continue
        said = "--style raw" if said == "--style_raw" else said.replace("_", " ")
        problems = parse(f"a fox {said} {model.replace('_', ' ')}").problems
        if bool(problems) == takes:
            wrong.append((said, [each.message for each in problems]))
    assert not wrong


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("a fox --cref a.png --v 7", "`--cref` is not compatible with `--version 7`"),
        ("a fox --oref a.png --v 8.1", "`--oref` is not compatible with `--version 8.1`"),
        ("a fox --q 2 --v 8.2", "`--quality` is not compatible with `--version 8.2`"),
        ("a fox --turbo --v 8.1", "`--turbo` is not compatible with `--version 8.1`"),
        ("a fox --tile --niji 7", "`--tile` is not compatible with `--niji 7`"),
        ("a fox --iw 1 --test", "`--iw` is not compatible with `--test`"),
        ("a fox --v 6 --niji 6", "`--niji 6` is not compatible with `--version 6`"),
        ("a fox --s 2000", "`--stylize` must be between 0 and 1000"),
        ("a fox --s 300 --v 3", "`--stylize` must be between 625 and 60000"),
        ("a fox --s 1000 --test", "`--stylize` must be between 1250 and 5000"),
        ("a fox --iw 2.5 --v 5", "`--iw` must be between 0 and 2"),
        ("a fox --iw 2.5 --niji 7", "`--iw` must be between 0 and 2"),
        ("a fox --ar 3:1 --v 4", "`--aspect` must be between 1:2 and 2:1"),
        ("a fox --ar 3:1 --v 3", "`--aspect` must be between 2:5 and 5:2"),
        ("a fox --sv 5 --v 6", "`--sv` must be between 1 and 4"),
        ("a fox --sv 5 --niji 7", "Invalid value `5` for `--sv`: it takes `4` or `6`."),
        ("a fox --s 100 --v 2", "`--stylize` is not compatible with `--version 2`"),
        ("a fox --s 100 --niji 4", "`--stylize` is not compatible with `--niji 4`"),
    ],
)
def test_midjourneys_own_words(prompt: str, sentence: str) -> None:
    (problem,) = parse(prompt).problems
    assert problem.message.startswith(sentence)


@pytest.mark.parametrize(
    "prompt",
    [
        "a fox --s 3000 --v 3",
        "a fox --s 3000 --testp",
        "https://a.com/a.png a fox --iw -5000 --v 3",
        "https://a.com/a.png a fox --iw 3 --v 7",
        "a fox --ar 5:2 --v 3",
        "a fox --ar 2:1 --v 4",
        "a fox --ar 1:20 --v 5.2",
        "a fox --ar 14:1 --v 8.2",
        "a fox --ar 1:4 --hd --v 8.2",
        "a fox --style random-32-15 --v 5.2",
        "a fox --style raw-3SkgPl9hw1-aB4cD --v 5.2",
        "a fox --test --creative",
    ],
)
def test_a_named_model_takes_its_own_range(prompt: str) -> None:
    assert not parse(prompt).problems


@pytest.mark.parametrize("written", "1 2 3 4 5 5.0 5.1 5.2 6 6.0 6.1 7 7.0 8.1 8.2".split())
def test_versions(written: str) -> None:
    (prompt,) = read(f"a fox --v {written}")
    assert job(prompt)["version"] == written.removesuffix(".0")


@pytest.mark.parametrize("written", ["8", "8.0", "9", "0", "5.3", "6.10", "７.５", "-1", "1e0", "latest"])
def test_no_such_version(written: str) -> None:
    (problem,) = parse(f"a fox --v {written}").problems
    assert problem.type == "invalid_value"


def test_the_alpha_of_version_8_is_gone() -> None:
    (problem,) = parse("a fox --v 8").problems
    assert "write `--v 8.2`" in problem.message


def test_bare_niji_is_the_newest_and_says_so() -> None:
    reading = parse("a fox --niji --ar 3:2")
    assert reading.prompts[0].parameters.niji == "7"
    assert "`--niji` without a number is the newest: `--niji 7`." in reading.notes


def test_the_same_version_twice_is_no_matter() -> None:
    reading = parse("a fox --version 4 --aspect 3:2 --v 4 --q 1")
    assert not reading.problems
    assert not reading.notes


def test_quality_is_rounded_where_midjourney_rounds() -> None:
    for prompt, quality in (("--q 2 --v 5", 1), ("--q 3 --v 7", 4), ("--q 4 --v 6.1", 2), ("--q 5", 4)):
        reading = parse(f"a fox {prompt}")
        assert reading.prompts[0].parameters.quality == quality
        assert any("is rounded to" in note for note in reading.notes)


@pytest.mark.parametrize("said", ["--q .3 --v 5", "--q .5 --v 7", "--q 6", "--q 1000", "--q 0", "--q -1"])
def test_quality_out_of_everything_is_an_error(said: str) -> None:
    assert parse(f"a fox {said}").problems


@pytest.mark.parametrize("model", ["--v 8.1", "--v 8.2", "--test", "--testp"])
def test_no_multi_prompts(model: str) -> None:
    (problem,) = parse(f"hot:: dog {model}").problems
    assert "multi-prompt" in problem.message
    assert not parse(f"hot dog:: {model}").problems  # one part of weight 1 is no multi-prompt


@pytest.mark.parametrize("model", "--v_1 --v_4 --v_5 --v_6.1 --v_7 --niji_5 --niji_6".split())
def test_multi_prompts(model: str) -> None:
    assert not parse(f"hot:: dog {model.replace('_', ' ')}").problems


def test_w_means_what_the_model_means() -> None:
    assert read("a fox --w 512")[0].parameters.weird == 512
    old = read("a fox --w 512 --h 256 --v 3")[0].parameters
    assert (old.weird, old.aspect) == (None, (2, 1))
