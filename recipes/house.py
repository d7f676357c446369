"""Train the house model: the small network that draws right after install.

    python recipes/house.py base  --minutes 80
    python recipes/house.py upper --minutes 25

Data     the painted world (sfumato.train.world), endless; the shipped weights are of its first edition
Size     base: 11.5 M parameters, 32 × 32 pixels; upper: the same U-Net on 4 × 4 patches, 32 -> 128
Loss     velocity error of the predicted clean picture on the straight flow path
Budget   stated by --minutes; a run goes on from its checkpoint, also with a larger budget; a new one
         begins from nothing, or with --shipped from the weights in the package, whose words it keeps
Score    `sfumato bench house`, once the weights written to --out replace those in weights/; they stay there
         only if it rises. What each run cost and reached stands in LOG.md

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

from sfumato.models.house.net import HouseNet, NetConfig
from sfumato.train.checkpoint import inherit, load_checkpoint, save_weights
from sfumato.train.loop import Run, train
from sfumato.train.losses import base_loss, upper_loss
from sfumato.train.recipe import follow, recipe_parser
from sfumato.train.world.atlas import open_atlas
from sfumato.train.world.batch import batches
from sfumato.train.world.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = {"base": ROOT / "weights/house-base.safetensors", "upper": ROOT / "weights/house-upper.safetensors"}


def configure(stage: str, words: int) -> NetConfig:
    """The network of a stage that knows that many words."""
    if stage == "base":
        return NetConfig(words, channels=(64, 128, 256), looks=("none", "words", "all"))
    return NetConfig(
        words, channels=(96, 128), looks=("none", "words"), patch=4, low=True, text=128, text_layers=1
    )


def main(arguments: list[str]) -> None:
    """Train one stage and write its weights beside the checkpoint."""
    options = parse(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(options.seed)
    known = vocabulary()
    config = configure(options.stage, len(known) + 2)
    network = HouseNet(config).to(device, memory_format=torch.channels_last)
    if options.shipped:
        inherit(network, SHIPPED[options.stage], known)
    checkpoint = options.out / f"{options.stage}.safetensors"
    resumed = load_checkpoint(checkpoint, network) if checkpoint.exists() else None
    side = 32 * config.patch
    seed = options.seed + (resumed.step if resumed else 0)  # a resumed run draws new pictures
    atlas = open_atlas(options.atlas).to(device)
    halved = config.patch * 2 ** (len(config.channels) - 1)  # the network halves its grid between two widths
    data = batches(seed, options.rows, side, atlas, known, config.length, multiple=halved)
    loss = base_loss if options.stage == "base" else upper_loss
    run = Run(data, loss, options.minutes, rate=options.rate, seed=options.seed)
    report = follow(train(network, run, resumed), checkpoint, options.save, options.rows)
    about = {
        "config": asdict(config),
        "vocabulary": known,
        "steps": report.step,
        "minutes": report.seconds / 60,
    }
    save_weights(options.out / SHIPPED[options.stage].name, report.averaged, about)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = recipe_parser(__doc__, minutes=80, rate=6e-4, out=ROOT / "runs/house")
    parser.add_argument("stage", choices=("base", "upper"))
    parser.add_argument(
        "--shipped", action="store_true", help="begin from the shipped weights, fresh optimiser"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
