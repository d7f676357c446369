"""The pages of docs/clients as a newcomer follows them: every Python and every curl, run as written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from test_openai.conftest import Live

PAGES = Path(__file__).resolve().parents[2] / "docs" / "clients"
LANGUAGES = ("", ".zh-CN")
QUICK = "a red fox --q .25"
PAGE = "http://127.0.0.1:7860"


def pieces(page: str, kind: str) -> list[str]:
    """The blocks of this kind, "" for those that have none."""
    text = (PAGES / page).read_text(encoding="utf-8")
    return [own[2] for own in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.M | re.S) if own[1] == kind]


def commands(page: str) -> list[str]:
    """Each curl of a page, its lines joined."""
    blocks = "".join(pieces(page, "")).replace("\\\n", " ")
    return [line for line in blocks.splitlines() if line.startswith("curl ")]


def here(text: str, live: Live, **names: str) -> str:
    """What a page says, for the server that runs, with quick pictures."""
    for name, value in {PAGE: live.address, "port=7860": f"port={live.address[-5:]}", **names}.items():
        text = text.replace(name, value)
    return re.sub("a red fox in the snow|雪地里的一只红狐狸", QUICK, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["openai", "sdapi"])
def test_python(page: str, language: str, live: Live, tmp_path: Path) -> None:
    (piece,) = pieces(f"{page}{language}.md", "python")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", here(piece, live)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    (made,) = tmp_path.glob("*.png")
    with Image.open(made) as picture:
        assert picture.width > picture.height if "--ar 3:2" in piece else picture.width


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["openai", "sdapi", "midjourney-proxy"])
def test_curl(page: str, language: str, live: Live) -> None:
    lines, names, answers = commands(f"{page}{language}.md"), {}, []
    assert lines
    for line in lines:
        done = subprocess.run(
            ["sh", "-c", here(line, live, **names)], capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert "error" not in told, told
        answers.append(told)
        if "data" in told:
            names |= dict.fromkeys(("PICTURE", "图片编号"), told["data"][0]["picture"])
        if "result" in told:
            names |= dict.fromkeys(("/TASK/", "/任务号/"), f"/{told['result']}/")
    if page == "midjourney-proxy":
        assert answers[0]["code"] in (1, 22) and answers[1]["id"] == answers[0]["result"]
