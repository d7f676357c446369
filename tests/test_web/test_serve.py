"""`sfumato serve` and `sfumato people`, as a person uses them: real processes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import httpx2
import pytest

from tinies.command import command, serving, sfumato


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_from_nothing_to_a_kept_job(tmp_path: Path, how: signal.Signals) -> None:
    data = tmp_path / "new" / "folder"
    with serving("--data", str(data)) as (server, address):
        with httpx2.Client(base_url=address, timeout=60) as client:
            assert (data / "server.json").stat().st_mode & 0o777 == 0o600
            job = client.post("/api/jobs", json={"prompt": "a fox --q .25", "count": 1}).json()["jobs"][0]
            with client.stream("GET", "/api/events") as stream:
                assert next(stream.iter_lines()).startswith("retry")
                server.send_signal(how)
                assert server.wait(60) == 130
        lines = [json.loads(own) for own in server.stderr.read().splitlines() if own.startswith("{")]
        assert lines[0]["jobs"] == [job["id"]] and "Traceback" not in json.dumps(lines)
    assert (data / "store.sqlite").exists() and not (data / "server.json").exists()


def test_everybody_needs_a_key_first(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path))
    refused = sfumato("serve", "--host", "0.0.0.0", "--port", "0", *place)
    assert refused.returncode == 2 and "sfumato people add" in refused.stderr and not refused.stdout
    added = sfumato("people", "add", "ann", "--role", "admin", "--most-jobs", "3", *place)
    key = added.stdout.strip()
    assert re.fullmatch(r"ann +admin +jobs 3, pictures a day any\n", sfumato("people", "list", *place).stdout)
    again = sfumato("people", "add", "ann", *place)
    assert again.returncode == 2 and "taken" in again.stderr and "Traceback" not in again.stderr
    with serving("--host", "0.0.0.0", *place) as (_, address):
        there = f"http://127.0.0.1:{address.rpartition(':')[2]}/api/me"
        assert httpx2.get(there).json()["sign_in"] is True
        assert httpx2.get(there, headers={"Authorization": f"Bearer {key}"}).json()["name"] == "ann"


def test_a_new_key_ends_the_one_before(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path))
    keys = {sfumato("people", *own, *place).stdout for own in (("add", "ann"), ("key", "ann"))}
    assert len(keys) == 2
    unknown = sfumato("people", "key", "bob", *place)
    assert unknown.returncode == 2 and "no such person" in unknown.stderr


def test_people_change_and_go(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path))
    sfumato("people", "add", "ann", "--most-jobs", "3", "--most-pictures", "5", *place)
    sfumato("people", "change", "ann", "--role", "guest", "--most-jobs", "-1", *place)
    assert re.fullmatch(r"ann +guest +jobs any, pictures a day 5\n", sfumato("people", "list", *place).stdout)
    assert sfumato("people", "revoke", "ann", *place).returncode == 0
    assert sfumato("people", "remove", "ann", "--yes", *place).returncode == 0
    assert sfumato("people", "list", *place).stdout == ""
    assert sfumato("people", "revoke", "ann", *place).returncode == 2


def test_torch_keeps_nobody_waiting(root: Path) -> None:
    code = "import sys, sfumato.faces.web.serve; print('torch' in sys.modules)"
    done = subprocess.run(
        [*command()[:2], code], capture_output=True, text=True, cwd=root, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with serving("--data", str(tmp_path)) as (_, address):
        port = address.rpartition(":")[2]
        second = sfumato("serve", "--port", port, "--data", str(tmp_path / "other"))
    assert second.returncode == 2 and f"Port {port}" in second.stderr
