"""Train the judge: the classifier that scores the house model.

    python recipes/judge.py --minutes 8

Data     renders of the painted world with one thing, a little blurred and tinted; never a model's picture
Size     0.9 M parameters, 64 × 64 pixels
Loss     cross entropy over the things; the shipped weights are of the world's first edition (68 things)
Score    accuracy on true renders of the held-out prompts, printed by `sfumato bench house`
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, cross_entropy

from sfumato.models.judge import FILE, JudgeNet
from sfumato.train.checkpoint import save_weights
from sfumato.train.loop import Run, train
from sfumato.train.recipe import follow, recipe_parser
from sfumato.train.world.atlas import open_atlas
from sfumato.train.world.batch import Batch, batches
from sfumato.train.world.lexicon import things

ROOT = Path(__file__).resolve().parents[1]


def singles(data: Iterator[Batch]) -> Iterator[tuple[Tensor, Tensor]]:
    """Pictures with exactly one object, and which; squares cut out of the middle."""
    for batch in data:
        rows = [i for i, s in enumerate(batch.scenes) if s.kind == "objects" and len(s.objects) == 1]
        if not rows:
            continue
        pictures = middle(batch.pictures[rows])
        yield pictures, torch.tensor([batch.scenes[i].objects[0].thing for i in rows], device=pictures.device)


def middle(pictures: Tensor) -> Tensor:
    """The central square, brought to 64 × 64."""
    height, width = pictures.shape[-2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    cut = pictures[..., top : top + side, left : left + side]
    return torch.nn.functional.interpolate(cut, size=(64, 64), mode="area")


def loss(network: torch.nn.Module, batch: tuple[Tensor, Tensor], generator: torch.Generator) -> Tensor:
    """Cross entropy on roughened pictures."""
    pictures, objects = batch
    soft = avg_pool2d(pictures, 3, stride=1, padding=1, count_include_pad=False)
    share = torch.rand(len(pictures), 1, 1, 1, generator=generator).to(pictures.device)
    tint = 0.1 * torch.randn(len(pictures), 3, 1, 1, generator=generator).to(pictures.device)
    grain = 0.1 * torch.randn(pictures.shape, generator=generator).to(pictures.device)
    return cross_entropy(network(pictures.lerp(soft, share) + tint + grain * share).float(), objects)


def main(arguments: list[str]) -> None:
    """Train and write the weights."""
    parser = recipe_parser(__doc__, minutes=8, rate=2e-3, out=ROOT / "runs/judge")
    options = parser.parse_args(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(options.seed)
    data = batches(77 + options.seed, options.rows, 64, open_atlas(options.atlas).to(device), ())
    network = JudgeNet(len(things())).to(device, memory_format=torch.channels_last)
    reports = train(network, Run(singles(data), loss, options.minutes, rate=options.rate))
    report = follow(reports, options.out / "judge-run.safetensors", options.save, options.rows)
    names = [thing.en[0] for thing in things()]
    save_weights(options.out / FILE, report.averaged, {"names": names, "steps": report.step})


if __name__ == "__main__":
    main(sys.argv[1:])
