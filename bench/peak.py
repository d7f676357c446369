"""The most memory that one picture takes, in a process of its own for each side. Linux only.

python -m bench.peak sd ours bfloat16 256 2
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from bench.pair import open_ours, open_theirs
from bench.released import write
from bench.report import ROOT, say
from bench.sizes import RELEASES, small

STEPS = 2
PROMPT = "a red fox in the snow"


def peaks(name: str, dtype: str, asked: Namespace) -> dict[str, float]:
    """MiB at the highest, of ours and of theirs."""
    found = {}
    for who in ("ours", "theirs"):
        command = [
            sys.executable,
            "-m",
            "bench.peak",
            name,
            who,
            dtype,
            str(asked.side),
            str(int(asked.tiny)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise SystemExit(f"a process failed:\n{done.stderr}")
        found[who] = json.loads(done.stdout.splitlines()[-1])
        say(f"{name}, {who}: {found[who]:.0f} MiB")
    return found


def main(name: str, who: str, dtype: str, side: str, tiny: str) -> None:
    """Make one picture and print the peak."""
    release = small(RELEASES[name]) if int(tiny) else RELEASES[name]
    with TemporaryDirectory() as folder:
        parts = write(release, Path(folder), getattr(torch, dtype))
        if who == "ours":
            ours = open_ours(parts, Path(folder), dtype)
            ours.picture(PROMPT, int(side), STEPS)
        else:
            noise = torch.randn(4, int(side) // 8, int(side) // 8)
            open_theirs(release, parts).picture(PROMPT, int(side), STEPS, noise)
    print(highest())


def highest() -> float:
    """MiB of this process at its highest: what `ru_maxrss` says also counts the process that started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
