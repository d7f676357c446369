"""`sfumato models`, as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sfumato.studio.given import read_pixels
from test_collection.hub import Fake, serving
from tinies import command, flux, pixart, sdxl

Typed = Callable[..., subprocess.CompletedProcess[str]]
PROGRAM = "import sys; from sfumato.faces.cli import main; sys.exit(main())"


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Typed:
    """Runs a command over models of this module's own."""
    folder = tmp_path_factory.mktemp("models")
    own = {**os.environ, "SFUMATO_MODELS": str(folder), "HF_HUB_OFFLINE": "0", "COLUMNS": "200"}

    def run(
        *said: str, hub: str = "http://127.0.0.1:9", answer: str = ""
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", PROGRAM, "models", *said]
        environment = {**own, "HF_ENDPOINT": hub}
        return subprocess.run(command, env=environment, input=answer, capture_output=True, text=True)

    return run


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flux.dev(tmp_path_factory.mktemp("hub") / "tiny")[0]


def names(typed: Typed) -> list[str]:
    return [row["name"] for row in json.loads(typed("list", "--json").stdout)["models"]]


@pytest.mark.minutes
def test_from_the_hub_to_the_table_and_away(typed: Typed, tiny: Path) -> None:
    with serving(Fake({"someone/Tiny": tiny})) as hub:
        done = typed("add", "someone/Tiny", hub=hub)
    assert done.returncode == 0 and done.stdout.startswith("tiny: FLUX.1 dev"), done.stderr
    assert "licence: openrail++" in done.stdout and "transformer/" in done.stderr
    assert names(typed) == ["house", "tiny"]
    shown = json.loads(typed("show", "tiny", "--json").stdout)
    assert shown["memory"]["float32"] == 2 * shown["memory"]["bfloat16"] and shown["kind"] == "flux"
    assert shown["honours"]["image to image"] == "" and "guided away" in shown["honours"]["negative prompt"]
    assert "tiny draws" in typed("default", "tiny").stdout
    assert "--v 7 is painted by tiny" in typed("map", "tiny", "--v", "7").stdout
    assert json.loads(typed("map", "--json").stdout)["7"] == {"name": "tiny", "repository": "", "here": True}
    assert "flux-dev" in typed("unmap", "--v", "7").stdout
    assert typed("remove", "tiny", answer="n\n").returncode == 1 and "tiny" in names(typed)
    assert typed("remove", "tiny", answer="y\n").returncode == 0 and names(typed) == ["house"]


def test_an_adapter_is_named_beside_a_model(typed: Typed, tmp_path: Path) -> None:
    base, lora, *_ = sdxl.VARIANTS["adapters"](tmp_path / "sdxl")
    added = typed("add", str(lora), "--name", "ink")
    assert "use it: sfumato imagine 'a red fox' -m MODEL -m ink" in added.stdout
    assert names(typed) == ["house"] and "a LoRA, which is used beside a model" in typed("list").stdout
    assert json.loads(typed("list", "--json").stdout)["adapters"] == {"ink": "LoRA"}
    assert str(lora) in typed("show", "ink").stdout
    for refused in (("default", "ink"), ("map", "ink", "--v", "7")):
        assert "ink is no model but what is added to one" in typed(*refused).stderr
    assert typed("add", str(base), "ink", "--name", "inked").returncode == 0
    assert names(typed) == ["house", "inked"]
    for name in ("inked", "ink"):
        assert typed("remove", name, "--yes").returncode == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("add", "someone/there/x.ckpt"), "pickle"),
        (("add", "someone/there"), "cannot be reached"),
        (("show", "nobody"), "There is no model 'nobody'"),
        (("remove", "nobody"), "No model 'nobody' was added"),
        (("map", "house", "--v", "7", "--niji", "6"), "say `--v` or `--niji`"),
        (("map", "--v", "7"), "Say which model"),
        (("unmap", "--style", "loud"), "There is no row"),
    ],
)
def test_what_cannot_be_is_a_sentence(typed: Typed, said: tuple[str, ...], told: str) -> None:
    done = typed(*said)
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr


@pytest.mark.minutes
def test_a_server_draws_with_what_its_settings_name_by_a_path(tmp_path: Path) -> None:
    (path,) = pixart.VARIANTS["alpha"](tmp_path / "mine")
    with command.serving(SFUMATO_DATA=str(tmp_path / "data"), SFUMATO_MODEL=str(path)) as (_, address):
        asked = ("imagine", "a fox", "--json", "-k", "steps=2", "--server", address, "-o", str(tmp_path))
        made = command.sfumato(*asked)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["jobs"][0]["plan"]["family"] == "pixart"


@pytest.mark.minutes
def test_eight_bits_for_a_command_alone(tmp_path: Path) -> None:
    (path,) = pixart.VARIANTS["alpha"](tmp_path / "mine")
    bits = {}
    for quantize in ("", "int8"):
        folder, own = tmp_path / f"to {quantize}", {"SFUMATO_QUANTIZE": quantize} if quantize else {}
        asked = ("imagine", "a fox --seed 3", "-k", "steps=2", "--alone", "-m", str(path), "-o", str(folder))
        assert command.sfumato(*asked, SFUMATO_DATA=str(tmp_path / "data"), **own).returncode == 0
        picture = sorted(folder.glob("*-1.png"))[0]
        made_by = json.loads(command.sfumato("info", str(picture), "--json").stdout)["made_by"]
        assert made_by.get("tuning", "") == quantize
        bits[quantize] = read_pixels(picture)
    assert (bits[""] != bits["int8"]).any()
