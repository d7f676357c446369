"""The command line, as a person uses it: real processes, real files, real Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import metadata
from pathlib import Path

import pytest
from PIL import Image

from tinies.command import command, sfumato

TEN = (
    "a serene landscape --v 6",
    "a portrait of a cat --s 1000",
    "a tall skyscraper --ar 9:16",
    "an intricate mechanical watch --q 2",
    "a mystical forest --seed 123456789",
    "abstract shapes and colors --chaos 80",
    "a sunset over the ocean",
    "a city street at night --no cars",
    "a floral pattern --tile",
    "a futuristic city skyline at sunset --upbeta",
)


def test_the_first_prompt_of_the_readme(tmp_path: Path) -> None:
    done = sfumato("imagine", "a red fox in the snow --ar 3:2 --q .25", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    paths = done.stdout.split()
    assert len(paths) == 5 and "-grid" in paths[0]
    with Image.open(tmp_path / paths[0]) as grid, Image.open(tmp_path / paths[1]) as one:
        assert grid.size == (2 * one.width, 2 * one.height) and one.width > one.height


@pytest.mark.minutes
@pytest.mark.parametrize("prompt", TEN)
def test_the_ten_prompts_run(prompt: str, tmp_path: Path) -> None:
    done = sfumato("imagine", f"/imagine prompt: {prompt}", "--json", "-o", str(tmp_path))
    assert done.returncode == 0, done.stderr
    (job,) = json.loads(done.stdout)["jobs"]
    assert set(job) == {"id", "plan", "images", "grid", "notes", "seconds"}
    assert len(job["images"]) == 4 and all(Path(path).exists() for path in (*job["images"], job["grid"]))
    with Image.open(job["images"][0]) as picture:
        (width, height), wrap = (job["plan"]["width"], job["plan"]["height"]), job["plan"]["wrap"]
        assert picture.size == (width - 2 * wrap, height - 2 * wrap)
        low, high = picture.convert("L").getextrema()
    assert high - low > 20


def test_it_tells_its_version(tmp_path: Path) -> None:
    done = sfumato("--version", cwd=tmp_path)
    assert (done.stdout, done.returncode) == (f"sfumato {metadata('sfumato')['version']}\n", 0)


def test_what_is_not_honoured_is_said(tmp_path: Path) -> None:
    done = sfumato("imagine", "a serene fox --chaos 80 --upbeta --q .25", "--json", "-o", str(tmp_path))
    notes = "\n".join(json.loads(done.stdout)["jobs"][0]["notes"])
    assert all(word in notes for word in ("serene", "chaos", "upbeta"))
    assert done.stderr == ""


def test_permutations_and_repeat_all_run(tmp_path: Path) -> None:
    done = sfumato("imagine", "a {red, blue} car --repeat 2 --q .25", "--json", "-o", str(tmp_path))
    jobs = json.loads(done.stdout)["jobs"]
    assert len(jobs) == 4 and len({path for job in jobs for path in job["images"]}) == 16


def test_a_bad_prompt_gets_a_caret_and_exit_2(tmp_path: Path) -> None:
    done = sfumato("imagine", "a fox --aspct 3:2", "-o", str(tmp_path))
    assert done.returncode == 2 and done.stdout == ""
    assert (
        "Unrecognized parameter(s)" in done.stderr and "^^^" in done.stderr and "Traceback" not in done.stderr
    )
    assert not list(tmp_path.iterdir())


def test_info_and_verify(tmp_path: Path) -> None:
    made = sfumato("imagine", "a fox --q .25 --seed 4", "--json", "-o", str(tmp_path))
    path = json.loads(made.stdout)["jobs"][0]["images"][3]
    told = sfumato("info", path)
    assert told.returncode == 0 and "picture 4 of 4" in told.stdout and "a fox" in told.stdout
    record = json.loads(sfumato("info", path, "--json").stdout)
    assert record["plan"]["seeds"][3] == {"number": 4, "slice": 3} and record["index"] == 3
    again = sfumato("verify", path)
    assert again.returncode == 0 and "identical" in again.stdout
    with Image.open(path) as image:
        text, pixels = image.text, image.point(lambda value: 255 - value)  # type: ignore[attr-defined]
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for name, value in text.items():
        info.add_itxt(name, value)
    pixels.save(path, pnginfo=info)
    changed = sfumato("verify", path)
    assert changed.returncode == 1 and "different" in changed.stdout
    missing = sfumato("verify", str(tmp_path / "none.png"))
    assert missing.returncode == 2 and "There is no file" in missing.stderr


def test_models_lists_the_house() -> None:
    rows = json.loads(sfumato("models", "--json").stdout)["models"]
    assert rows[0]["name"] == "house" and rows[0]["here"] is True
    assert "ready" in sfumato("models").stdout


def test_parse_reads_without_torch() -> None:
    code = (
        "import sys; sys.argv = ['sfumato', 'parse', '/imagine prompt: a fox --ar 3:2']\n"
        "from sfumato.faces.cli import main\n"
        "assert main() == 0\n"
        "assert 'sfumato.language' in sys.modules\n"
        "assert not {'torch', 'numpy', 'pydantic', 'rich'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "3:2" in done.stdout


def test_parse_speaks_json_lines() -> None:
    done = sfumato("parse", "--stdin", "--json", told="a fox --ar 3:2\na cat --nope\n")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 2
    assert first["jobs"][0]["aspect"] == [3, 2] and first["errors"] == []
    assert second["errors"][0]["text"] == "--nope"


def test_help_names_every_command() -> None:
    done = sfumato("--help")
    assert done.returncode == 0
    for name in ("imagine", "resume", "parse", "info", "verify", "models", "bench"):
        assert name in done.stdout


def test_ctrl_c_leaves_no_half_written_file(tmp_path: Path) -> None:
    """Interrupted at ten moments, from before the first step to after the first picture."""
    for wait in (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0):
        folder = tmp_path / str(wait)
        python, option, code, *asked = command("imagine", "a fox --q .25 --repeat 8", "-o", str(folder))
        process = subprocess.Popen(
            [python, option, f"print('begun', flush=True); {code}", *asked],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None and process.stdout.readline() == "begun\n"
        time.sleep(wait)
        os.kill(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode in (0, 130) and "Traceback" not in errors, errors
        for path in folder.iterdir() if folder.exists() else ():
            if path.name == ".running":  # from where `sfumato resume` goes on
                assert all(json.loads(record.read_text()) for record in path.glob("*/record.json"))
                continue
            assert path.suffix == ".png" and not path.name.startswith("."), path
            with Image.open(path) as picture:
                picture.load()


def test_pictures_knobs_and_a_negative_prompt(tmp_path: Path) -> None:
    Image.new("RGB", (36, 24), (10, 60, 200)).save(tmp_path / "blue.png")
    asked = (
        "--picture",
        "start=blue.png",
        "--knob",
        "base.start=0.5",
        "-k",
        "upper.steps=2",
        "--negative",
        "fog",
    )
    done = sfumato("imagine", "a red fox --q .25", "--json", *asked, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (job,) = json.loads(done.stdout)["jobs"]
    plan = job["plan"]
    assert plan["negative"] == "fog" and plan["inputs"][0]["role"] == "start"
    assert plan["stages"][0]["start"] == 0.5 and plan["stages"][1]["steps"] == 2
    again = sfumato("verify", job["images"][0], "--picture", "start=blue.png", cwd=tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    alone = sfumato("verify", job["images"][0], cwd=tmp_path)
    assert alone.returncode == 2 and "made from other pictures" in alone.stderr


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--picture", "blue.png"), "names no role"),
        (("--picture", "start:much=blue.png"), "is no number"),
        (("--picture", "start=absent.png"), "no picture absent.png"),
        (("--knob", "guidance"), "sets nothing"),
        (("--knob", "taste=5"), "no knob 'taste'"),
        (("--model", "palace"), "no model 'palace'"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(
    asked: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    done = sfumato("imagine", "a fox", *asked, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr and "Traceback" not in done.stderr
