"""A batch of a hundred rows, killed alone, killed beside a server, killed with its server: each row once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sfumato.studio import read_kept
from sfumato.studio.local import open_store
from tinies.command import command, serving, sfumato

ROWS = 100


def begun(file: Path, out: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("batch", str(file), "-o", str(out)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not is_so():
        assert process.poll() is None
        time.sleep(0.02)


@pytest.mark.minutes
def test_none_twice_and_none_lost(tmp_path: Path) -> None:
    file, out, data = tmp_path / "rows.csv", tmp_path / "out", tmp_path / "data"
    rows = [f"a fox {number},{number},1,1,1" for number in range(ROWS)]
    file.write_text("\n".join(["prompt,seed,count,base.steps,upper.steps", *rows]))
    environment = {"SFUMATO_DATA": str(data), "SFUMATO_DTYPE": "float32"}

    def pictures() -> int:
        return len(list(out.glob("*.png")))

    alone = begun(file, out, environment)
    until(lambda: pictures() > 5, alone)
    alone.send_signal(signal.SIGKILL)
    alone.communicate()
    with serving(**environment) as (server, _):
        beside = begun(file, out, environment)
        before = pictures()
        until(lambda: pictures() > before + 20, beside)
        beside.send_signal(signal.SIGKILL)
        beside.communicate()
        with_it = begun(file, out, environment)
        before = pictures()
        until(lambda: pictures() > before + 5, with_it)
        server.kill()
        _, said = with_it.communicate(timeout=60)
        assert with_it.returncode == 2 and "is kept" in said and "Traceback" not in said
    last = sfumato("batch", str(file), "-o", str(out), "--json", **environment)
    assert last.returncode == 0, last.stderr
    told = json.loads(last.stdout)
    kept = [read_kept(Path(own)) for job in told["jobs"] for own in job["images"]]
    assert told["failed"] == [] and [own.plan.seeds[0].number for own in kept] == list(range(ROWS))
    assert pictures() == ROWS
    store = open_store(data, None)
    try:
        jobs = store.jobs.listed(limit=2 * ROWS)
        assert Counter(job.status for job in jobs) == {"done": ROWS}
        assert len(store.pictures.search(limit=2 * ROWS).rows) == ROWS
    finally:
        store.close()
