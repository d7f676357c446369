"""Train the eye: it names what a whole picture shows, to score models by the committed prompts.

    python recipes/eye.py namer  --minutes 5       which thing a crop shows, and its colour
    python recipes/eye.py finder --minutes 30      where things are, in what place and style
    python recipes/eye.py reader --minutes 60      what is written
    ... --second                                   the other eye, to check the first one

Data     renders of the painted world (sfumato.train.world), easy ones first, each seen about four times, a
         little blurred, tinted and grained; never a model's; for the namer also each thing by itself
Size     a linear namer of 1,280 features of crops of 64 × 64, 2.7 M numbers; networks of 1.5 M and 1.1 M on
         128 × 128 pixels and shapes of as many; the second: other features, wide depthwise convolutions
Loss     linear discriminants of 2,093 sprites and 13 colours; centres by their cells (Zhou et al. 2019),
         sizes, places and styles; CTC over letters (Graves et al. 2006)
Score    its answers on true renders of the committed prompts (train/metrics/truth.py); see LOG.md
Budget   stated by --minutes; a run goes on from its checkpoint

Runs on the GPU where there is one, on the CPU otherwise, in bf16 autocast. It needs torch, numpy, pillow,
safetensors and the fonts of the atlas, or --atlas FOLDER, which
`python -m sfumato.train.world.atlas FOLDER` writes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from sfumato.models.judge import (
    FILES,
    FinderConfig,
    FinderNet,
    NamerConfig,
    Names,
    ReaderConfig,
    ReaderNet,
)
from sfumato.train.checkpoint import load_checkpoint, save_weights
from sfumato.train.loop import Run, train
from sfumato.train.missed import finder_loss, reader_loss
from sfumato.train.naming import fitted, load_sums, look, no_sums
from sfumato.train.recipe import follow, recipe_parser
from sfumato.train.seeing import LOOKS, Draw, Truth, anything, names, pooled, standing, truths, written
from sfumato.train.world.atlas import Atlas, open_atlas

ROOT = Path(__file__).resolve().parents[1]
Config = FinderConfig | NamerConfig | ReaderConfig
Loss = Callable[[nn.Module, Truth, torch.Generator], Tensor]


def main(arguments: list[str]) -> None:
    """Train and write the weights."""
    options = parse(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(seed_of(options))
    atlas, known = open_atlas(options.atlas).to(device), names()
    options.out.mkdir(parents=True, exist_ok=True)
    network, config, steps = (fit if options.part == "namer" else learn)(options, atlas, known)
    about = {"config": asdict(config), "names": known._asdict(), "steps": steps}
    save_weights(options.out / FILES[options.part], network, about)


def fit(options: argparse.Namespace, atlas: Atlas, known: Names) -> tuple[nn.Module, Config, int]:
    """A namer, and how many crops it has seen."""
    told = {"pixels": 8, "turns": 12} if options.second else {}
    config = NamerConfig(len(known.shows), len(known.colours) + 1, **told)
    checkpoint = options.out / "namer-run.safetensors"
    sums = load_sums(checkpoint) if checkpoint.exists() else no_sums(config, atlas.device)
    seed = seed_of(options) + int(sums.crops)  # a resumed run draws new pictures
    drawn = truths(standing, seed, options.rows, atlas, known, int(sums.crops))
    began, saved = time.perf_counter() - float(sums.seconds), float(sums.seconds)
    for _ in look(sums, config, drawn, atlas.sprites, torch.Generator().manual_seed(seed)):
        sums.seconds.fill_(time.perf_counter() - began)
        if float(sums.seconds) - saved > options.save * 60:
            saved = float(sums.seconds)
            sums.save(checkpoint)
        if float(sums.seconds) > options.minutes * 60:
            break
    sums.save(checkpoint)
    line = json.dumps({"crops": int(sums.crops), "seconds": round(float(sums.seconds), 1)})
    with checkpoint.with_suffix(".jsonl").open("a") as log:
        print(line, file=log)
    return fitted(sums, config), config, int(sums.crops)


def learn(options: argparse.Namespace, atlas: Atlas, known: Names) -> tuple[nn.Module, Config, int]:
    """A finder or a reader, and its steps."""
    network, config, draw, loss = stage(options.part, known, options.second)
    network.to(atlas.device)
    checkpoint = options.out / f"{options.part}-run.safetensors"
    resumed = load_checkpoint(checkpoint, network) if checkpoint.exists() else None
    start, seed = resumed.step if resumed else 0, seed_of(options)  # a resumed run draws new pictures
    before = start * options.rows // LOOKS
    drawn = truths(draw, seed + start, options.rows, atlas, known, before)
    run = Run(pooled(drawn, seed), loss, options.minutes, rate=options.rate, seed=seed)
    report = follow(train(network, run, resumed), checkpoint, options.save, options.rows)
    return report.averaged, config, report.step


def stage(part: str, known: Names, second: bool) -> tuple[nn.Module, Config, Draw, Loss]:
    """A network, the pictures it learns from and its loss."""
    if part == "finder":
        config = FinderConfig(len(known.grounds) + 1, len(known.styles), wide=second)
        return FinderNet(config), config, anything, finder_loss
    config = ReaderConfig(len(known.letters), wide=second)
    return ReaderNet(config), config, written, reader_loss


def seed_of(options: argparse.Namespace) -> int:
    """Of a run."""
    return 1000 * (options.seed + options.second)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = recipe_parser(__doc__, minutes=60, rate=1.5e-3, out=ROOT / "runs/eye")
    parser.add_argument("part", choices=FILES)
    parser.add_argument(
        "--second", action="store_true", help="the other eye: wide convolutions, another seed"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
