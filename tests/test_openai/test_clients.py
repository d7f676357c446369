"""OpenAI's own clients, of today and of two older major versions, loose and strict, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from test_openai.conftest import Live

pytestmark = pytest.mark.minutes

OLDER = ("2.54.0", "1.109.1")


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each older client, from the index that pip knows."""
    folder = tmp_path_factory.mktemp("clients")
    for version in OLDER:
        target = ["--target", str(folder / version), f"openai=={version}"]
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *target]
        subprocess.run(command, check=True, timeout=300)
    return folder


def spoken(address: str, how: str, packages: Path | None) -> dict[str, Any]:
    """What client.py measured."""
    script = Path(__file__).with_name("client.py")
    env = {**os.environ, "PYTHONPATH": str(packages or "")}
    done = subprocess.run(
        [sys.executable, str(script), address, how], env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(told: dict[str, Any], how: str) -> None:
    """That a client has got all it asked for; what a strict one takes a loose one takes too."""
    assert told["sizes"] == [[1024, 1024]] * 2 and told["seed"] and told["vivid"] and told["total"] > 0
    assert told["jpeg"] == "JPEG" and httpx2.get(told["url"]).headers["content-type"] == "image/png"
    if how == "loose":
        return
    assert told["streams"] == ["image_generation.completed", "image_edit.completed"]
    assert told["edits"] == [[1024, 1024]] * 3
    assert told["calls"] == ["image_generation_call"] * 4 and told["kept"]
    assert told["text"].startswith("a red fox, in the snow")
    assert told["events"][0] == "response.created" and told["events"][-1] == "response.completed"
    assert told["gone"][:2] == ["NotFoundError", 404]
    assert [own[1:] for own in told["refusals"]] == [
        [404, "model_not_found"],
        [400, "invalid_value"],
        [400, "invalid_value"],
        [400, "invalid_value"],
        [400, "invalid_image_file"],
    ]
    assert told["models"] == ["house"] and told["alias"] == "gpt-image-1"


@pytest.mark.parametrize("how", ["loose", "strict"])
def test_the_newest_client(live: Live, how: str) -> None:
    told = spoken(live.address, how, None)
    assert int(told["version"].partition(".")[0]) >= 3
    check(told, how)


@pytest.mark.parametrize("how", ["loose", "strict"])
@pytest.mark.parametrize("version", OLDER)
def test_an_older_client(live: Live, older: Path, version: str, how: str) -> None:
    told = spoken(live.address, how, older / version)
    assert told["version"] == version
    check(told, how)
