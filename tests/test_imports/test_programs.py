"""What each program writes is read again, from files written as it writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfumato.studio.imports import Found, read_found
from sfumato.studio.imports.automatic import pairs
from sfumato.studio.words import words_in
from test_imports import writers as w


def found(path: Path) -> Found:
    read = read_found(path)
    assert read is not None
    return read


def of_automatic(read: Found) -> None:
    assert read.program == "AUTOMATIC1111" and read.model == "sd_xl_base_1.0" and read.seed == 1234567890
    assert read.prompt == "a red fox, (snow:1.3), winter\nsecond line, detailed"
    assert read.negative == "blurry, bad hands\nlowres"
    wanted = {"Steps": "28", "Sampler": "DPM++ 2M", "CFG scale": "6.5", "Size": "832x1216"}
    wanted |= {"Denoising strength": "0.35", "Lora hashes": "one: 1234, two: 5678", "Version": "v1.10.1"}
    assert wanted.items() <= read.settings.items()


def test_automatic_in_png(tmp_path: Path) -> None:
    of_automatic(found(w.png(tmp_path / "a.png", {"parameters": w.AUTOMATIC})))


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
@pytest.mark.parametrize("code", ["utf-16-be", "utf-16-le", "utf-8", "ascii"])
def test_automatic_in_a_comment(tmp_path: Path, suffix: str, code: str) -> None:
    of_automatic(found(w.commented(tmp_path / f"a.{suffix}", w.AUTOMATIC, code)))


@pytest.mark.parametrize("code", ["utf-16-be", "utf-16-le", "utf-8"])
def test_a_chinese_comment(tmp_path: Path, code: str) -> None:
    text = "雪地里的红狐狸，冬天\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5"
    read = found(w.commented(tmp_path / "a.jpg", text, code))
    assert (read.prompt, read.seed) == ("雪地里的红狐狸，冬天", 5)


def test_values_with_commas_and_json() -> None:
    line = 'Steps: 20, TI hashes: "a, b: \\"c\\"", Hashes: {"model": "1, 2"}, Size: 1x2, odd, Last: x'
    wanted = {"TI hashes": 'a, b: "c"', "Hashes": '{"model": "1, 2"}', "Size": "1x2", "Last": "x"}
    assert dict(pairs(line)) == {"Steps": "20", **wanted}


def test_comfy(tmp_path: Path) -> None:
    texts = {"prompt": w.dumped(w.COMFY), "workflow": w.dumped(w.WORKFLOW)}
    read = found(w.png(tmp_path / "a.png", texts))
    assert (read.program, read.prompt, read.negative) == (
        "ComfyUI",
        "a glass bottle, galaxy",
        "text, watermark",
    )
    assert (read.model, read.seed) == ("v1-5-pruned.safetensors", 156680208700286)
    assert dict(read.settings) == {
        "Steps": "20", "Sampler": "euler", "Scheduler": "normal", "CFG scale": "8", "Size": "512x768",
        "Denoising strength": "1", "LoRA": "ink.safetensors",
    }  # fmt: skip


def test_comfy_in_webp(tmp_path: Path) -> None:
    path = w.tagged(tmp_path / "a.webp", {0x0110: "prompt:" + w.dumped(w.FLUX), 0x010F: "workflow:{}"})
    read = found(path)
    assert (read.prompt, read.negative, read.model, read.seed) == (
        "a lighthouse",
        "",
        "flux1-dev.safetensors",
        77,
    )
    wanted = {"Steps": "30", "Guidance": "3.5", "Size": "1024x640", "Sampler": "euler"}
    assert wanted.items() <= read.settings.items()


def test_comfy_s_page_alone(tmp_path: Path) -> None:
    read = found(w.png(tmp_path / "a.png", {"workflow": w.dumped(w.WORKFLOW)}))
    assert (read.prompt, read.negative, read.model, read.seed) == ("an owl", "dark", "dream.safetensors", 99)
    assert {"Steps": "15", "CFG scale": "7.5", "Size": "640x512"}.items() <= read.settings.items()


def test_invoke(tmp_path: Path) -> None:
    read = found(w.png(tmp_path / "a.png", {"invokeai_metadata": w.dumped(w.INVOKE)}))
    assert (read.program, read.prompt, read.negative) == ("InvokeAI", "a castle", "fog")
    assert (read.model, read.seed, read.settings["Size"]) == ("juggernaut-xl", 42, "1024x768")
    older = found(w.png(tmp_path / "b.png", {"sd-metadata": w.dumped(w.OLDER_INVOKE)}))
    assert (older.prompt, older.negative, older.model, older.seed) == ("a cat", "dog", "sd-1.5", 3)


def test_novel(tmp_path: Path) -> None:
    texts = {"Software": "NovelAI", "Source": "NovelAI Diffusion V4 37442FCA", "Description": "1girl"}
    read = found(w.png(tmp_path / "a.png", {**texts, "Comment": w.dumped(w.NOVEL)}))
    assert (read.program, read.prompt, read.negative) == ("NovelAI", "1girl, {{umbrella}}, rain", "lowres")
    assert (read.model, read.seed) == ("NovelAI Diffusion V4 37442FCA", 4012345678)
    assert {"Size": "832x1216", "Character 1": "girl, red hat"}.items() <= read.settings.items()


def test_fooocus(tmp_path: Path) -> None:
    texts = {"parameters": w.dumped(w.FOOOCUS), "fooocus_scheme": "fooocus"}
    for path in (
        w.png(tmp_path / "a.png", texts),
        w.commented(tmp_path / "a.jpg", w.dumped(w.FOOOCUS), "utf-8"),
    ):
        read = found(path)
        assert (read.program, read.prompt, read.negative) == ("Fooocus", "a steam train", "people")
        assert (read.model, read.seed) == ("juggernautXL_v8Rundiffusion", 123456)
        assert {"Size": "1152x896", "CFG scale": "4", "Performance": "Speed"}.items() <= read.settings.items()


def test_midjourney(tmp_path: Path) -> None:
    said = f"a red fox in the snow --ar 3:2 --s 250 --v 6.1 Job ID: {w.JOB}"
    read = found(w.png(tmp_path / "x.png", {"Description": said, "Author": "ann"}))
    assert (read.program, read.model) == ("Midjourney", "Midjourney 6.1")
    assert read.prompt == "a red fox in the snow --ar 3:2 --s 250 --v 6.1"
    assert {"Job ID": w.JOB, "Author": "ann", "--ar": "3:2"}.items() <= read.settings.items()
    prompt = words_in(tmp_path / "x.png")
    assert "red fox" in str(prompt) and "--ar" not in str(prompt), "an edit has its own shape"


@pytest.mark.parametrize("name", [f"ann_a_red_fox_{w.JOB}.png", f"ann_a_red_fox_{w.JOB}_2.png"])
def test_midjourney_s_names(tmp_path: Path, name: str) -> None:
    read = found(w.png(tmp_path / name, {}))
    assert (read.prompt, read.settings["Author"]) == ("a red fox", "ann")
    assert read.settings["Read from"] == "the name of the file"


def test_nothing_is_made_up(tmp_path: Path) -> None:
    assert read_found(w.png(tmp_path / "holiday_2024.png", {"Comment": "Screenshot"})) is None
    assert (
        read_found(w.tagged(tmp_path / "a.jpg", {0x010E: "OLYMPUS DIGITAL CAMERA", 0x0110: "E-M5"})) is None
    )


def test_what_our_language_would_read_otherwise_is_not_used() -> None:
    assert Found("NovelAI", "a {red, blue} fox").details["words"] == ""
    assert Found("NovelAI", "a red fox").details["words"] == "a red fox"
    assert Found("Midjourney", "a fox --ar 99").details["words"] == ""
