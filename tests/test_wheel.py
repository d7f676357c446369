"""The wheel holds everything: installed elsewhere, it makes a picture with the network unreachable."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]

# Every way to the network raises. Sockets of the machine itself stay, for event loops and process pools.
OFFLINE = """
import sys
sys.path.insert(0, sys.argv.pop(1))
def refuse(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise OSError("the network is unreachable")
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        raise OSError("the network is unreachable")
sys.addaudithook(refuse)
from sfumato.faces.cli import main
import sfumato
assert sfumato.__file__.startswith(sys.path[0]), sfumato.__file__
sys.exit(main())
"""


def python(*arguments: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel in it and nothing else of the project."""
    built, installed = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT), cwd=built)
    (wheel,) = built.glob("*.whl")
    python(
        "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(installed), str(wheel), cwd=built
    )
    return installed


@pytest.mark.minutes
def test_the_wheel_holds_the_weights(elsewhere: Path) -> None:
    shipped = {path.name: path.stat().st_size for path in (elsewhere / "sfumato" / "weights").iterdir()}
    assert shipped == {path.name: path.stat().st_size for path in (ROOT / "weights").iterdir()}
    assert any(name.endswith(".safetensors") for name in shipped)


@pytest.mark.minutes
def test_the_wheel_holds_the_page(elsewhere: Path) -> None:
    page = elsewhere / "sfumato" / "faces" / "web" / "static"
    shown = (page / "index.html").read_text(encoding="utf-8")
    parts = re.findall(r'"/(assets/[^"]+)"', shown)
    assert len(parts) >= 2 and all((page / part).stat().st_size > 100 for part in parts)


@pytest.mark.minutes
def test_the_wheel_makes_a_picture_offline(elsewhere: Path, tmp_path: Path) -> None:
    command = ("imagine", "a red fox --seed 1", "--json", "-o", str(tmp_path / "pictures"))
    said = json.loads(python("-c", OFFLINE, str(elsewhere), *command, cwd=tmp_path))
    (job,) = said["jobs"]
    assert len(job["images"]) == 4
    for path in (*job["images"], job["grid"]):
        with Image.open(path) as picture:
            low, high = picture.convert("L").getextrema()
        assert low < high
