"""Train the house model's enlarger: pictures four times as wide and high, in one look.

    python recipes/upscaler.py --minutes 40

Data     the painted world (sfumato.train.world), endless: pieces of 160 × 160 pixels of its renders, beside
         a quarter of the size by area, bicubic or Lanczos. Half of these are also softened, latticed,
         grained or JPEG; one in four is painted over by the house model's upper stage
Size     0.44 M parameters: 0.5 MiB as int8
Loss     absolute error of colours, of the steps between neighbours, and of frequencies
Budget   stated by --minutes; a run goes on from its checkpoint, also with a larger budget; a new one
         begins from nothing, or with --shipped from the weights in the package
Score    `sfumato bench upscale`, once the weights written to --out replace those in weights/; they stay
         there only if it rises. What each run cost and reached stands in LOG.md

Runs on the GPU where there is one, on the CPU otherwise, in bf16 autocast. It needs torch, numpy, pillow,
safetensors and the fonts of the atlas, or --atlas FOLDER, which
`python -m sfumato.train.world.atlas FOLDER` writes.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

import torch

from sfumato.models.house.enlarger import Enlarger, EnlargerConfig
from sfumato.models.weights import load_packed
from sfumato.train.checkpoint import load_checkpoint, save_weights
from sfumato.train.enlarging import enlarger_loss, open_upper, pairs
from sfumato.train.loop import Run, train
from sfumato.train.recipe import follow, recipe_parser
from sfumato.train.world.atlas import open_atlas

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "weights/house-enlarger.safetensors"


def main(arguments: list[str]) -> None:
    """Train and write the weights beside the checkpoint."""
    options = parse(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(options.seed)
    network = Enlarger(EnlargerConfig()).to(device, memory_format=torch.channels_last)
    if options.shipped:
        network.load_state_dict(load_packed(SHIPPED))
    checkpoint = options.out / "enlarger.safetensors"
    resumed = load_checkpoint(checkpoint, network) if checkpoint.exists() else None
    seed = options.seed + (resumed.step if resumed else 0)  # a resumed run draws new pictures
    data = pairs(seed, options.rows, open_atlas(options.atlas).to(device), open_upper().to(device))
    run = Run(data, enlarger_loss, options.minutes, rate=options.rate, seed=options.seed)
    report = follow(train(network, run, resumed), checkpoint, options.save, options.rows)
    about = {"config": asdict(network.config), "steps": report.step, "minutes": report.seconds / 60}
    save_weights(options.out / SHIPPED.name, report.averaged, about)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = recipe_parser(__doc__, minutes=40, rate=1e-3, out=ROOT / "runs/upscaler")
    parser.set_defaults(rows=16)
    parser.add_argument(
        "--shipped", action="store_true", help="begin from the shipped weights, fresh optimiser"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
