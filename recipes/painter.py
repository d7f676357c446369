"""Train the next house model: an autoencoder, a painter of its latents, and the painter's own student.

    python recipes/painter.py coder   --minutes 5
    python recipes/painter.py painter --minutes 20
    python recipes/painter.py student --minutes 5

Data     the painted world (sfumato.train.world), endless, 256 × 256 and ten shapes of as many pixels
Size     coder 2.5 M, painter 25 M parameters: 27 MiB as int8; the student is the painter, trained on
Loss     coder: colours and edges; painter: velocity error; student: the guided teacher, and long steps
         like two of half
Budget   stated by --minutes; a run goes on from its checkpoint, also with a larger budget; --shipped
         begins from the weights that an earlier run wrote to --out, with a fresh optimiser
Score    `sfumato bench house`; what each run cost and reached stands in LOG.md
Pixels   --pixels paints 16 × 16 patches of pixels in place of latents, to compare at equal cost

Runs on the GPU where there is one, on the CPU otherwise, in bf16 autocast. It needs torch, numpy, pillow,
safetensors and the fonts of the atlas, or --atlas FOLDER, which
`python -m sfumato.train.world.atlas FOLDER` writes.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch
from torch import nn

from sfumato.models.house.autoencoder import Autoencoder, CoderConfig
from sfumato.models.house.painter import Painter, PainterConfig
from sfumato.models.weights import load_packed
from sfumato.train.checkpoint import load_checkpoint, save_weights
from sfumato.train.loop import Run, train
from sfumato.train.painting import coder_loss, painter_loss, student_loss
from sfumato.train.recipe import follow, recipe_parser
from sfumato.train.world.atlas import open_atlas
from sfumato.train.world.batch import batches
from sfumato.train.world.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[1]
WHOLE = 16  # pixels: eight for a latent, and the painter takes two latents at once


class Plain(nn.Module):
    """Pixels in place of latents: there is nothing to encode."""

    def encoder(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures


def main(arguments: list[str]) -> None:
    """Train one stage and write its weights."""
    options = parse(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(options.seed)
    known = vocabulary()
    network, loss = opened(options, len(known) + 2, device)
    if options.shipped:
        network.load_state_dict(load_packed(written(options, options.stage)))
    checkpoint = options.out / f"{name(options, options.stage)}.safetensors"
    resumed = load_checkpoint(checkpoint, network) if checkpoint.exists() else None
    seed = options.seed + (resumed.step if resumed else 0)  # a resumed run draws new pictures
    atlas = open_atlas(options.atlas).to(device)
    data = batches(seed, options.rows, options.side, atlas, known, multiple=WHOLE)
    run = Run(data, loss, options.minutes, rate=options.rate, seed=options.seed)
    report = follow(train(network, run, resumed), checkpoint, options.save, options.rows)
    about = {"config": asdict(network.config), "vocabulary": known, "steps": report.step}
    save_weights(written(options, options.stage), report.averaged, about | {"minutes": report.seconds / 60})


def opened(options: argparse.Namespace, words: int, device: torch.device) -> tuple[nn.Module, Callable]:
    """The network of a stage, and its loss."""
    if options.stage == "coder":
        return Autoencoder(CoderConfig()).to(device, memory_format=torch.channels_last), coder_loss
    if options.pixels:
        coder: nn.Module = Plain()
        network = Painter(PainterConfig(words, channels=3, patch=options.side // 16)).to(device)
    else:
        coder = frozen(Autoencoder(CoderConfig()), written(options, "coder"), device)
        network = Painter(PainterConfig(words)).to(device)
    if options.stage == "painter":
        return network, partial(painter_loss, coder)
    teacher = frozen(copy.deepcopy(network), written(options, "painter"), device)
    network.load_state_dict(teacher.state_dict())
    return network, partial(student_loss, coder, teacher)


def frozen(network: nn.Module, path: Path, device: torch.device) -> nn.Module:
    """A network that an earlier stage trained."""
    network.load_state_dict(load_packed(path))
    return network.to(device).requires_grad_(False).eval()


def name(options: argparse.Namespace, stage: str) -> str:
    """What the files of a stage are called."""
    return f"{stage}-pixels" if options.pixels and stage != "coder" else stage


def written(options: argparse.Namespace, stage: str) -> Path:
    """Where the weights of a stage are."""
    return options.out / f"{name(options, stage)}-packed.safetensors"


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = recipe_parser(__doc__, minutes=20, rate=6e-4, out=ROOT / "runs/painter")
    parser.add_argument("stage", choices=("coder", "painter", "student"))
    parser.add_argument("--side", type=int, default=256, help="pixels of the square")
    parser.add_argument("--pixels", action="store_true", help="paint patches of pixels, without the coder")
    parser.add_argument(
        "--shipped", action="store_true", help="begin from the weights written to --out, fresh optimiser"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
