"""Train the house model: the small network that draws right after install.

    python recipes/house.py base  --minutes 80
    python recipes/house.py upper --minutes 25

Data     the painted world (sfumato.train.world), endless; the shipped weights are of its first edition (68
things) Size     base: 11.5 M parameters, 32 × 32 pixels; upper: the same U-Net on 4 × 4 patches, 32 -> 128
Loss     velocity error of the predicted clean picture on the straight flow path
Budget   stated by --minutes; a run goes on from its checkpoint, also with a larger budget; a new one
         begins from nothing, or with --shipped from the weights in the package
Score    `sfumato bench house`; what each run cost and reached stands in LOG.md

Runs on the GPU where there is one, on the CPU otherwise, in bf16 autocast. It needs torch, numpy, pillow,
safetensors and the fonts of the atlas, or --atlas FOLDER, written by `python -m sfumato.train.world.atlas
FOLDER`.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

import torch

from sfumato.models.house.net import HouseNet, NetConfig
from sfumato.models.weights import load_packed
from sfumato.train.checkpoint import load_checkpoint, save_checkpoint, save_weights
from sfumato.train.loop import Report, Run, train
from sfumato.train.losses import base_loss, upper_loss
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
    """Train one stage and write its weights."""
    options = parse(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(options.seed)
    known = vocabulary()
    config = configure(options.stage, len(known) + 2)
    network = HouseNet(config).to(device, memory_format=torch.channels_last)
    if options.shipped:
        network.load_state_dict(load_packed(SHIPPED[options.stage]))
    checkpoint = options.out / f"{options.stage}.safetensors"
    resumed = load_checkpoint(checkpoint, network) if checkpoint.exists() else None
    side = 32 * config.patch
    seed = options.seed + (resumed.step if resumed else 0)  # a resumed run draws new pictures
    data = batches(seed, options.rows, side, open_atlas(options.atlas).to(device), known, config.length)
    loss = base_loss if options.stage == "base" else upper_loss
    run = Run(data, loss, options.minutes, rate=options.rate, seed=options.seed)
    log = (options.out / f"{options.stage}.jsonl").open("a")
    report = follow(train(network, run, resumed), checkpoint, log, options)
    about = {
        "config": asdict(config),
        "vocabulary": known,
        "steps": report.step,
        "minutes": report.seconds / 60,
    }
    save_weights(SHIPPED[options.stage], report.averaged, about)


def follow(run, checkpoint: Path, log, options: argparse.Namespace) -> Report:
    """Log every 50 steps, save every `--save` minutes and at the end."""
    report, saved, losses = None, 0.0, []
    for report in run:
        losses.append(report.loss)
        if report.step % 50 == 0:
            line = {
                "step": report.step,
                "samples": report.step * options.rows,
                "seconds": round(report.seconds, 1),
            }
            line |= {"loss": round(sum(losses) / len(losses), 4), "rate": round(report.rate, 7)}
            print(json.dumps(line), file=log, flush=True)
            print(json.dumps(line), flush=True)
            losses = []
        if report.seconds - saved > options.save * 60:
            saved = report.seconds
            save_checkpoint(checkpoint, report)
    if report is None:
        raise SystemExit("This run's budget is already spent: give more --minutes, or another --out folder.")
    save_checkpoint(checkpoint, report)
    return report


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stage", choices=("base", "upper"))
    parser.add_argument(
        "--minutes", type=float, default=80, help="wall time in total, resumed parts included"
    )
    parser.add_argument("--rows", type=int, default=32, help="pictures in a batch")
    parser.add_argument("--rate", type=float, default=6e-4, help="peak learning rate")
    parser.add_argument("--save", type=float, default=5, help="minutes between checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--shipped", action="store_true", help="begin from the shipped weights, fresh optimiser"
    )
    parser.add_argument("--atlas", type=Path, help="folder with an atlas, where the fonts are not installed")
    parser.add_argument("--out", type=Path, default=ROOT / "runs/house", help="checkpoints and log")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    return options


if __name__ == "__main__":
    main(sys.argv[1:])
