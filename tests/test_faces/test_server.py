"""The command line with a server beside it: real processes, real files, and the same bytes as alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import numpy as np
import pytest
from PIL import Image

from sfumato.faces.cli.reaching import found
from sfumato.faces.client.address import Address, announce, read, withdraw
from tinies.command import command, serving, sfumato

SAME = {"SFUMATO_DTYPE": "float32", "SFUMATO_DEVICE": "cpu"}


class Place(NamedTuple):
    """A running server: its data folder, its address, the variables of who works beside it."""

    data: Path
    url: str
    environment: dict[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    data = tmp_path_factory.mktemp("beside")
    environment = {**SAME, "SFUMATO_DATA": str(data)}
    with serving(**environment) as (_, url):
        yield Place(data, url, environment)


def made(place: Place, folder: Path, *asked: str) -> dict:
    done = sfumato(*asked, "--json", "-o", str(folder), **place.environment)
    assert done.returncode == 0, done.stderr
    (job,) = json.loads(done.stdout)["jobs"]
    return job


def pixels(path: str) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def jobs(place: Place) -> list[dict]:
    token = json.loads((place.data / "server.json").read_text())["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.get(f"{place.url}/api/jobs", headers=headers).json()["jobs"]


def same(there: dict, here: dict) -> None:
    """Both made the same files, but for the names of their jobs."""
    assert there["plan"] == here["plan"] and there["id"] != here["id"]
    assert there["notes"] == here["notes"] and set(there) == set(here)
    for one, other in zip([*there["images"], there["grid"]], [*here["images"], here["grid"]], strict=True):
        assert Path(one).name == Path(other).name.replace(here["id"][:8], there["id"][:8])
        assert np.array_equal(pixels(one), pixels(other))
        with Image.open(one) as first, Image.open(other) as second:
            said = [json.loads(own.text["sfumato"]) for own in (first, second)]  # type: ignore[attr-defined]
        assert [own.pop("job") for own in said] == [there["id"], here["id"]] and said[0] == said[1]


@pytest.mark.minutes
def test_everything_that_can_be_asked_is_made_the_same(place: Place, tmp_path: Path) -> None:
    Image.new("RGB", (36, 24), (10, 60, 200)).save(tmp_path / "blue.png")
    Image.new("L", (32, 32), 255).save(tmp_path / "mask.png")
    asked = ("imagine", "a serene red fox --q .25 --seed 4", "--negative", "fog", "-k", "base.steps=3")
    asked += ("-p", f"start:0.5={tmp_path}/blue.png", "-k", "base.start=0.2", "--then", "0.6=an owl")
    asked += ("--region", f"{tmp_path}/mask.png:2=a tree")
    before = len(jobs(place))
    there = made(place, tmp_path / "there", *asked)
    assert len(jobs(place)) == before + 1
    here = made(place, tmp_path / "here", *asked, "--alone")
    assert len(jobs(place)) == before + 1
    assert [own["role"] for own in there["plan"]["inputs"]] == ["start", "region"]
    same(there, here)


@pytest.mark.minutes
def test_edits_are_made_the_same(place: Place, tmp_path: Path) -> None:
    fox = made(place, tmp_path, "imagine", "a fox --q .25 --seed 5")["images"][1]
    asked = ("pan", fox, "left", "a blue owl --q .25 --seed 6", "--fraction", "0.4")
    same(made(place, tmp_path / "there", *asked), made(place, tmp_path / "here", *asked, "--alone"))
    mute = made(place, tmp_path, "vary", fox)
    assert [own["content"] for own in mute["plan"]["parts"]] == ["a fox"]


def test_a_command_beside_a_server_brings_nothing_heavy(place: Place, tmp_path: Path) -> None:
    code = (
        f"import sys; sys.argv = ['sfumato', 'imagine', 'a fox --q .25', '-o', {str(tmp_path)!r}]\n"
        "from sfumato.faces.cli import main\n"
        "assert main() == 0\n"
        "assert 'sfumato.faces.client.remote' in sys.modules\n"
        "heavy = {'torch', 'numpy', 'PIL', 'pydantic', 'rich', 'typer', 'sfumato.plan', 'sfumato.studio'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **place.environment},
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 5 and "4 pictures in" in done.stderr


@pytest.mark.parametrize(
    "asked",
    [
        ("imagine", "a fox --aspct 3:2"),
        ("imagine", "a fox --ar 9:1"),
        ("imagine", "a fox", "-k", "taste=5"),
        ("imagine", "a fox", "-p", "start=absent.png"),
        ("vary", "absent.png"),
    ],
)
def test_what_cannot_be_is_said_in_the_same_words(asked: tuple[str, ...], place: Place) -> None:
    there = sfumato(*asked, **place.environment)
    here = sfumato(*asked, "--alone", **place.environment)
    assert (there.returncode, there.stdout) == (2, "") and there.stderr == here.stderr


@pytest.mark.minutes
def test_ctrl_c_cancels_on_the_server(place: Place, tmp_path: Path) -> None:
    before = {job["id"] for job in jobs(place)}
    process = subprocess.Popen(
        command("imagine", "a fox --repeat 8", "-o", str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **place.environment},
    )
    assert process.stderr is not None
    assert "1 of 8" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "Stopped on the server" in errors and "Traceback" not in errors
    mine = [job for job in jobs(place) if job["id"] not in before]
    assert len(mine) == 8 and {job["status"] for job in mine} <= {"cancelled", "done"}
    assert sum(job["status"] == "cancelled" for job in mine) >= 6


@pytest.mark.minutes
def test_the_owner_needs_no_key_and_others_do(tmp_path: Path) -> None:
    environment = {**SAME, "SFUMATO_DATA": str(tmp_path)}
    key = sfumato("people", "add", "ann", **environment).stdout.strip()
    with serving(**environment) as (_, url):
        place = Place(tmp_path, url, environment)
        made(place, tmp_path / "out", "imagine", "a fox --q .25")
        elsewhere = {**SAME, "SFUMATO_SERVER": url}
        refused = sfumato("imagine", "a fox --q .25", "-o", str(tmp_path / "out"), **elsewhere)
        assert refused.returncode == 2 and "SFUMATO_KEY" in refused.stderr
        mine = made(
            Place(tmp_path, url, {**elsewhere, "SFUMATO_KEY": key}), tmp_path, "imagine", "a fox --q .25"
        )
        owners = {job["id"]: job["mine"] for job in jobs(place)}
        assert len(owners) == 2 and owners[mine["id"]] is False


def test_a_server_that_was_killed_is_not_waited_for(tmp_path: Path) -> None:
    with serving("--data", str(tmp_path)) as (server, _):
        assert found(tmp_path) is not None
        server.kill()
        server.wait()
    assert read(tmp_path) is not None and found(tmp_path) is None


def test_only_the_run_that_wrote_the_address_is_meant(place: Place, tmp_path: Path) -> None:
    own = read(place.data)
    assert own is not None and found(tmp_path) is None
    announce(tmp_path, own._replace(instance="another"))
    assert found(tmp_path) is None
    withdraw(tmp_path, own.instance)
    assert read(tmp_path) is not None
    withdraw(tmp_path, "another")
    assert read(tmp_path) is None
    (tmp_path / "server.json").write_text("[1]")
    assert found(tmp_path) is None


def test_another_program_on_the_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        announce(tmp_path, Address(url, "", "one", 1))
        assert found(tmp_path) is None


def test_what_only_this_process_can_do(place: Place, tmp_path: Path) -> None:
    named = sfumato("imagine", "a fox", "-m", str(tmp_path), "--server", place.url)
    assert named.returncode == 2 and "opens no models by path" in named.stderr and "--alone" in named.stderr
    nobody = sfumato("imagine", "a fox", "--server", "http://127.0.0.1:9")
    assert nobody.returncode == 2 and "No server answers" in nobody.stderr
    wrong = sfumato("imagine", "a fox", "--server", "localhost")
    assert wrong.returncode == 2 and "no address" in wrong.stderr
