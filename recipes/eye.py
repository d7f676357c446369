"""Train the eye: it names what a whole picture shows, to score models by the committed prompts.

    python recipes/eye.py --minutes 25
    python recipes/eye.py --minutes 25 --second     the other eye, to check the first one

Data     renders of the painted world (sfumato.train.world), a little blurred, tinted and grained; never a
         model's
Size     4.7 M parameters, 128 × 128 pixels and shapes of as many; the second: convolutions in place of
         attention
Loss     what is in each cell, in the whole picture, what is written, and pictures against captions
Score    its answers on true renders of the committed prompts; not reached yet, see LOG.md
Budget   stated by --minutes; a run goes on from its checkpoint; --shipped begins from the weights
         that an earlier run wrote

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

from sfumato.models.judge import SIDE_PX, EyeConfig, EyeNet, Names
from sfumato.models.weights import load_packed
from sfumato.train.checkpoint import load_checkpoint, save_weights
from sfumato.train.loop import Run, train
from sfumato.train.recipe import follow, recipe_parser
from sfumato.train.seeing import eye_loss, names, truths
from sfumato.train.world.atlas import open_atlas
from sfumato.train.world.batch import batches

ROOT = Path(__file__).resolve().parents[1]


def configure(known: Names, second: bool) -> EyeConfig:
    """The network that tells all these apart."""
    return EyeConfig(
        things=len(known.things),
        grounds=len(known.grounds) + 1,
        styles=len(known.styles),
        colours=len(known.colours),
        views=len(known.views),
        letters=len(known.letters) + 1,
        vocabulary=len(known.vocabulary) + 2,
        attends=not second,
    )


def main(arguments: list[str]) -> None:
    """Train and write the weights."""
    options = parse(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    seed = 1000 * (options.seed + options.second)
    torch.manual_seed(seed)
    known = names()
    network = EyeNet(configure(known, options.second)).to(device, memory_format=torch.channels_last)
    if options.shipped:
        network.load_state_dict(load_packed(written(options)))
    checkpoint = options.out / f"{written(options).stem}-run.safetensors"
    resumed = load_checkpoint(checkpoint, network) if checkpoint.exists() else None
    start = seed + (resumed.step if resumed else 0)  # a resumed run draws new pictures
    drawn = batches(start, options.rows, SIDE_PX, open_atlas(options.atlas).to(device), known.vocabulary)
    run = Run(truths(drawn, known), eye_loss, options.minutes, rate=options.rate, seed=seed)
    report = follow(train(network, run, resumed), checkpoint, options.save, options.rows)
    about = {"config": asdict(network.config), "names": known._asdict(), "steps": report.step}
    save_weights(written(options), report.averaged, about)


def written(options: argparse.Namespace) -> Path:
    """Where the weights go."""
    return options.out / ("second.safetensors" if options.second else "eye.safetensors")


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = recipe_parser(__doc__, minutes=25, rate=1.5e-3, out=ROOT / "runs/eye")
    parser.add_argument("--second", action="store_true", help="the other eye: convolutions, another seed")
    parser.add_argument("--shipped", action="store_true", help="begin from written weights, fresh optimiser")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
