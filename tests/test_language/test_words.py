"""Values and lists, quotes, images and the pasted command: each way to say them."""

from __future__ import annotations

from typing import Any

import pytest

from sfumato.language import Image, job, parse, read


def said(prompt: str) -> dict[str, Any]:
    (made,) = read(prompt)
    return {key: value for key, value in job(made).items() if key not in ("text", "parts")}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a --ar 16：9 －－ｓ　１００", {"aspect": [16, 9], "stylize": 100}),
        ("a --ar 1920:1280 --c 0 --w 3000", {"aspect": [1920, 1280], "chaos": 0, "weird": 3000}),
        ("a --q .5 --iw 1.50 --s 100.0", {"quality": 0.5, "iw": 1.5, "stylize": 100}),
        ("a --seed 4294967295 --sameseed 0", {"seed": 4294967295, "sameseed": 0}),
        ("a --no cars,people，trees、 birds.", {"no": ["cars", "people", "trees", "birds"]}),
        ("a --no cars --no red hats", {"no": ["cars", "red hats"]}),
        ("a --no ＣＡＲ", {"no": ["ＣＡＲ"]}),
        (
            "a --sref 5 --sref random::2, https://a.com/b,c.png",
            {
                "sref": [
                    {"content": "5", "weight": 1},
                    {"content": "random", "weight": 2},
                    {"content": "https://a.com/b,c.png", "weight": 1},
                ]
            },
        ),
        ("a --sref 1,2，3", {"sref": [{"content": each, "weight": 1} for each in "123"]}),
        ("a --sref ./style.png::-0.5", {"sref": [{"content": "./style.png", "weight": -0.5}]}),
        (
            "a --cref <https://s.mj.run/x> b.png --cref c.png",
            {"cref": ["https://s.mj.run/x", "b.png", "c.png"]},
        ),
        ("a --oref https：//a.com/x.png --ow 5", {"oref": "https://a.com/x.png", "ow": 5}),
        ("a --edit a.png b.png", {"edit": ["a.png", "b.png"]}),
        ("a --p", {"profile": []}),
        ("a --personalize m1 abc1234 --p p2", {"profile": ["m1", "abc1234", "p2"]}),
        ("a --style RAW", {"style": "raw"}),
        ("a --raw --tile --hd --draft", {"raw": True, "tile": True, "hd": True, "draft": True}),
        ("a --style 3SkgPl9hw1-raw9X", {"style": "3SkgPl9hw1-raw9X"}),
        ("a --fast", {"speed": "fast"}),
        ("a --relax --stealth", {"speed": "relax", "visibility": "stealth"}),
        ("a --turbo --public", {"speed": "turbo", "visibility": "public"}),
        (
            "https://a.com/a.png --video 1 --motion HIGH --bs 2 --end loop",
            {
                "images": [{"url": "https://a.com/a.png", "weight": 1}],
                "video": True,
                "motion": "high",
                "bs": 2,
                "end": "loop",
            },
        ),
        ("a --loop --video", {"loop": True, "video": True}),
        ("a --end https://a.com/z.png --video", {"end": "https://a.com/z.png", "video": True}),
        ("a --r 4", {"repeat": 4}),
    ],
)
def test_values(prompt: str, expected: dict[str, Any]) -> None:
    assert said(prompt) == expected


def test_a_plain_prompt_says_only_itself() -> None:
    assert job(read("a red fox")[0]) == {
        "text": "a red fox",
        "parts": [{"content": "a red fox", "weight": 1}],
    }


@pytest.mark.parametrize(
    ("value", "better"),
    [
        ("--ar 16x9", "--ar 16:9"),
        ("--ar 16/9", "--ar 16:9"),
        ("--ar 16 : 9", "--ar 16:9"),
        ("--ar 1.39:1", "--ar 139:100"),
        ("--ar wide", "--ar 16:9"),
        ("--s 1,000", "--stylize 1000"),
        ("--s 50%", "--stylize 50"),
        ("--v niji6", "--niji 6"),
        ("--v niji", "--niji 7"),
    ],
)
def test_hints(value: str, better: str) -> None:
    (problem,) = parse(f"a fox {value}").problems
    assert f"write `{better}`" in problem.message


@pytest.mark.parametrize(
    "value",
    """
    --ar_0:1 --ar_16: --ar_:9 --ar_-3:2 --ar_15:1 --ar_1:15 --ar_100000:1 --ar_3:2:1 --ar_nan:1
    --ar_0.0:1 --ar_٣:٢ --s_nan --s_inf --s_1e999 --s_0x10 --s_1_0 --s_-1 --s_1001 --s_1.5 --s_² --c_101
    --w_3001 --exp_101 --stop_9 --seed_4294967296 --seed_1.5 --iw_3.1 --iw_-1 --sw_1001 --sv_9 --q_abc
    --video_2 --cw_101 --ow_0 --repeat_0 --repeat_41 --bs_3 --motion_fast --end_there --style_anime
    --style_a-b --sref_foo --sref_4294967296 --sref_1::99999 --sref_::2 --cref_foo --oref_a"b --p_a/b
    --no_cars::2 --no_, --image_fox --niji_8 --v_0 --zoom_3 --edit_foo
    """.split(),
)
def test_wrong_values(value: str) -> None:
    name, text = value.split("_", 1)
    problems = parse(f"a fox {name} {text}").problems
    assert problems
    assert all(f"{name} " in f"a fox {name} {text}" and each.text for each in problems)


def test_numbers_too_long_for_python() -> None:
    for name in ("--s", "--seed", "--ar 1:", "--sref", "--q"):
        assert parse(f"a fox {name} {'9' * 5000}").problems
    assert parse(f"a fox --ar 1:{'9' * 5000}").problems


def test_at_most_four_pictures_to_edit() -> None:
    assert not parse("a fox --edit 1.png 2.png 3.png 4.png".replace("1.png", "https://a.com/1.png")).problems
    assert parse("a fox --edit " + " ".join(f"./{n}.png" for n in range(5))).problems


def test_last_wins_with_a_note() -> None:
    reading = parse("a fox --seed 1 --seed 2 --ar 1:1 --ar 1:1")
    assert reading.prompts[0].parameters.seed == 2
    assert reading.notes == ("The prompt says `--seed` twice; the last one counts.",)


@pytest.mark.parametrize(
    "prompt",
    [
        "a fox --ar 3:2.",
        "a fox --no cars,",
        "a fox --ar 3:2, --v 7",
        "a fox --tile.",
        "a fox --ar 3:2 。",
        "a --v 7、",
    ],
)
def test_punctuation_is_left_out_with_a_note(prompt: str) -> None:
    reading = parse(prompt)
    assert not reading.problems
    assert any("left out" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("prompt", "quoted"),
    [
        ('a sign "OPEN" and "24/7"', ("OPEN", "24/7")),
        ("写着“开门”的牌子", ("开门",)),
        ("a poster 「東京」『夜』", ("東京", "夜")),
        ('写着"你好"的牌子', ("你好",)),
        ('a 5" knife and a 7" pan', ()),
        ("it's 'single'", ()),
        ('an "unclosed quote', ()),
        ('empty "" quotes', ()),
        ('"a fox"', ("a fox",)),
        ('a "no --entry sign::2" here', ("no --entry sign::2",)),
        ('"one":: “two”::2', ("one", "two")),
        ('an "open " quote"', ()),
    ],
)
def test_quoted(prompt: str, quoted: tuple[str, ...]) -> None:
    (made,) = read(f"{prompt} --ar 3:2")
    assert made.quoted == quoted
    assert made.parameters.aspect == (3, 2)


def test_quotes_around_everything_behind_a_separator() -> None:
    (problem,) = parse(':: "a fox --ar 3:2"').problems
    assert problem.type == "quoted_parameter"


def test_quotes_around_everything_are_left_out() -> None:
    for prompt in ('"a fox --ar 3:2"', "“a fox --ar 3:2”", ' "a fox --ar 3:2" '):
        reading = parse(prompt)
        assert str(reading.prompts[0]) == "a fox --ar 3:2"
        assert reading.notes


@pytest.mark.parametrize(
    "command",
    [
        "/imagine prompt:",
        "/imagine prompt: ",
        "/IMAGINE Prompt：",
        "/imagine  prompt :\n",
        "／imagine prompt：　",
        "/imagine prompt ",
        "/imagine ",
        "imagine prompt: ",
        "  /imagine prompt: ",
        "/imagine prompt: /imagine prompt: ",
    ],
)
def test_the_pasted_command(command: str) -> None:
    assert read(f"{command}a fox --ar 3:2") == read("a fox --ar 3:2")
    pieces = parse(f"{command}a fox --ar 3:2").pieces
    assert (pieces[0].kind, pieces[1].text) == ("flag", "a fox ")


@pytest.mark.parametrize(
    "text", ["imagine a fox", "/imagined fox", "prompt: a fox", "a fox /imagine prompt: x"]
)
def test_no_command(text: str) -> None:
    assert read(text)[0].text == text


@pytest.mark.parametrize(
    ("prompt", "images", "text"),
    [
        ("https://a.com/1.png a fox", [("https://a.com/1.png", None)], "a fox"),
        (
            "<https://s.mj.run/x> <https://s.mj.run/y>",
            [("https://s.mj.run/x", None), ("https://s.mj.run/y", None)],
            "",
        ),
        (
            "https://a.com/1.png::2 http://b.com/2::-.5 x",
            [("https://a.com/1.png", 2), ("http://b.com/2", -0.5)],
            "x",
        ),
        (
            "https://cdn.midjourney.com/a/0_0, https://a.com/1.png, x",
            [("https://cdn.midjourney.com/a/0_0", None), ("https://a.com/1.png", None)],
            "x",
        ),
        ("a fox --image ./a.png in snow", [("./a.png", None)], "a fox in snow"),
        ("--image a.png a fox", [("a.png", None)], "a fox"),
        (
            "--image a.png https://a.com/b.png a fox",
            [("a.png", None), ("https://a.com/b.png", None)],
            "a fox",
        ),
        ('a fox --image "my fox.png"::2 --ar 1:1', [("my fox.png", 2)], "a fox"),
        ("a fox --ar 1:1 --image C:\\a\\b.png", [("C:\\a\\b.png", None)], "a fox"),
        ("a fox --ar 1:1 --image https://a.com/1.png::3 --tile", [("https://a.com/1.png", 3)], "a fox"),
        ("https：//a.com/1.png 狐狸", [("https://a.com/1.png", None)], "狐狸"),
        ("/imagine prompt: https://a.com/1.png a fox", [("https://a.com/1.png", None)], "a fox"),
    ],
)
def test_images(prompt: str, images: list[tuple[str, float | None]], text: str) -> None:
    (made,) = read(prompt)
    assert made.images == tuple(Image(*each) for each in images)
    assert made.text == text


@pytest.mark.parametrize(
    ("prompt", "type"),
    [
        ("https://a.com/1.png", "image_alone"),
        ("--image a.png", "image_alone"),
        ("--image a.png --ar 3:2", "image_alone"),
        ("--ar 3:2 --image a.png", "image_alone"),
        ("a fox https://a.com/1.png", "invalid_image"),
        (":: https://a.com/1.png b", "invalid_image"),
        ("https://, a fox", "invalid_image"),
        ("https://a.com/1.png https://a.com/2.png --s 250 --v 6", "incompatible_parameter"),
        ("https://a.com/1.png https://a.com/2.png --w 250 --v 7", "incompatible_parameter"),
        ("https://a.com/1.png a fox --test", "incompatible_prompt"),
        ("a fox --image", "missing_value"),
        ("a fox --image fox", "invalid_value"),
        ("a fox --image a.png --ar 1:1 --image b.png c", "unrecognized_parameter"),
    ],
)
def test_images_that_do_not_go(prompt: str, type: str) -> None:
    assert type in [each.type for each in parse(prompt).problems]


def test_images_alone_where_it_goes() -> None:
    assert not parse("https://a.com/1.png https://a.com/2.png --s 250").problems
    assert not parse("https://a.com/1.png --video").problems
    assert not parse('a fox "https://a.com/1.png"').problems
    assert parse("a page of https://example.com").notes


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("a fox --oref a.png --draft --v 7", "`--draft` is not compatible with `--oref`"),
        ("a fox --oref a.png --q 4 --v 7", "`--quality 4` is not compatible with `--oref`"),
        ("a fox --edit a.png --tile --v 8.2", "`--tile` is not compatible with `--edit`"),
        ("a fox --hd --sd", "`--sd` is not compatible with `--hd`"),
        ("a fox --sref 1 --sv 5 --v 7", "`--sv 5` is not compatible with style codes"),
        ("a fox --style abc123XYZ --s 5 --v 5.2", "`--stylize` must be between 20 and 1000"),
        ("a fox --p m123 --sw 5 --v 7", "`--sw` is not compatible with a moodboard"),
        ("a fox --style 4a --ar 2:1 --v 4", "`--style 4a` draws only"),
        ("a fox --hd --ar 5:1 --v 8.2", "`--aspect` must be between 1:4 and 4:1"),
        ("a fox --loop --end a.png", "`--end` is not compatible with `--loop`"),
        ("a fox --oref a.png b.png", "`--oref` takes one address"),
    ],
)
def test_clashes(prompt: str, message: str) -> None:
    (problem,) = parse(prompt).problems
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    "prompt", ["a fox --oref a.png --draft", "a fox --edit a.png --tile", "a --test --ar 16:9"]
)
def test_no_clash(prompt: str) -> None:
    assert not parse(prompt).problems


@pytest.mark.parametrize(
    "key", ["iw 1", "sw 5", "sv 4", "cw 5", "ow 5", "motion low", "loop", "bs 2", "video"]
)
def test_what_waits_for_something_says_so(key: str) -> None:
    reading = parse(f"a fox --{key}")
    assert not reading.problems
    assert reading.notes
