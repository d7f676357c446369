"""Cold start: from a fresh process to the first picture on disk, beside diffusers.

    scripts/bench cold              seven processes of each kind, in turns
    scripts/bench cold --rounds 1   a quick look

The other side is a script as short as it can be: `DiffusionPipeline.from_pretrained` on a folder with an
unconditional U-Net of as many parameters as the house model has, random weights, as many steps, one picture
of 32 × 32 pixels, no text encoder and no decoder. Ours reads a prompt, makes four pictures of 128 × 128 and
their grid, and checks its passes. Every file must open as a picture of its size, or nothing is reported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from PIL import Image

from bench.report import ROOT, Goal, finish, options, say, table
from sfumato.models.house import House
from sfumato.models.weights import load_packed

PROMPT = "a red fox --q .25"
STEPS = 7  # networks' steps in that prompt: five of the base, two of the upper stage
ROUNDS = 7

OURS = """
import sys
from sfumato.faces.cli import main
sys.argv = ["sfumato", "imagine", sys.argv[2], "-o", sys.argv[1], "--json"]
sys.exit(main())
"""
OUR_PARTS = """
import json, sys, time
started = time.perf_counter()
import torch
torched = time.perf_counter()
import sfumato.engine
from sfumato.faces.cli import alone, app
from sfumato.studio import Studio
imported = time.perf_counter()
studio = Studio()
(job,) = studio.submit(sys.argv[2])
studio.shelf.lease(studio.family)
loaded = time.perf_counter()
list(studio.work(job))
drawn = time.perf_counter()
parts = {"import_torch": torched - started, "import_sfumato": imported - torched}
print(json.dumps(parts | {"load": loaded - imported, "draw": drawn - loaded}))
"""
THEIRS = """
import sys
from diffusers import DiffusionPipeline
pipe = DiffusionPipeline.from_pretrained(sys.argv[1] + "/model", local_files_only=True)
pipe.set_progress_bar_config(disable=True)
pipe(num_inference_steps=int(sys.argv[2])).images[0].save(sys.argv[1] + "/picture.png")
"""
THEIR_MODEL = """
import sys
from diffusers import DDIMPipeline, DDIMScheduler, UNet2DModel

def network(layers):
    return UNet2DModel(
        sample_size=32, block_out_channels=(64, 128, 256), layers_per_block=layers,
        down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
    )

unet = min(map(network, (1, 2, 3)), key=lambda unet: abs(unet.num_parameters() - int(sys.argv[2])))
DDIMPipeline(unet, DDIMScheduler()).save_pretrained(sys.argv[1] + "/model", safe_serialization=True)
print(unet.num_parameters())
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the processes and report. Exit code 1 when the goal was missed."""
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="processes of each kind")
    asked = parser.parse_args(arguments)
    house = House()
    ours = sum(t.numel() for path in (house.base, house.upper) for t in load_packed(path).values())
    with TemporaryDirectory() as name:
        folder = Path(name)
        theirs = int(child(THEIR_MODEL, name, str(ours))[1])
        rounds = [one_round(folder, number) for number in range(-1, asked.rounds)][1:]
    names = rounds[0][0].keys()
    seconds = {key: median(own[key] for own, _ in rounds) for key in names}
    parts = {key: median(own[key] for _, own in rounds) for key in rounds[0][1]}
    print(*table(("process", "seconds"), list(seconds.items())), "", sep="\n")
    print(*table(("part of ours", "seconds"), list(parts.items())), sep="\n")
    figures = {"seconds": seconds, "parts_of_ours_s": parts, "parameters": {"ours": ours, "theirs": theirs}}
    goals = [Goal("ours, parts of theirs", seconds["sfumato"] / seconds["diffusers"], 0.5, at_most=True)]
    return finish("cold", figures, goals, asked.results)


def one_round(folder: Path, number: int) -> tuple[dict[str, float], dict[str, float]]:
    """One process of each kind; which comes first changes from round to round. Seconds, and ours by parts."""
    kinds = {
        "sfumato": lambda: child(OURS, str(folder / "ours"), PROMPT),
        "diffusers": lambda: child(THEIRS, str(folder), str(STEPS)),
        "import torch": lambda: child("import torch"),
    }
    order = list(kinds)[:: 1 if number % 2 else -1]
    told = {name: kinds[name]() for name in order}
    (job,) = json.loads(told["sfumato"][1])["jobs"]
    check([Path(path) for path in job["images"]], 128)
    check([folder / "picture.png"], 32)
    say(", ".join(f"{name} {told[name][0]:.2f} s" for name in kinds))
    parts = json.loads(child(OUR_PARTS, str(folder), PROMPT)[1])
    return {name: told[name][0] for name in kinds}, parts


def child(script: str, *arguments: str) -> tuple[float, str]:
    """Seconds of a fresh process that runs this script, and what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HF_HUB_OFFLINE": "1"}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, env=environment
    )
    took = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"a process failed:\n{done.stderr}")
    return took, done.stdout


def check(paths: Sequence[Path], side: int) -> None:
    """Raises SystemExit when a file is not a square picture of that side."""
    for path in paths:
        with Image.open(path) as image:
            image.load()
            if image.size != (side, side):
                raise SystemExit(f"{path.name} has {image.size}. Nothing is reported.")


if __name__ == "__main__":
    raise SystemExit(main())
