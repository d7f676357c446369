"""One training run, as a generator: the caller owns logging, saving and stopping."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

B = TypeVar("B")


@dataclass(frozen=True)
class Run(Generic[B]):
    """What a run needs besides its network.

    Attributes:
        batches: endless data.
        loss: network, batch, and a CPU generator for its noise, to a scalar.
        minutes: budget of wall time; the rate rises for `warmup` of it and falls to 0 over the last `fall`.
        rate: peak learning rate of AdamW.
    """

    batches: Iterator[B]
    loss: Callable[[nn.Module, B, torch.Generator], Tensor]
    minutes: float
    rate: float = 6e-4
    warmup: float = 0.02
    fall: float = 0.5
    decay: float = 0.01
    seed: int = 0


@dataclass(frozen=True)
class Report:
    """Where a run stands after a step. `averaged` shares memory with the run: save it, do not change it."""

    step: int
    seconds: float
    loss: float
    rate: float
    averaged: nn.Module
    optimizer: torch.optim.Optimizer
    network: nn.Module


def train(network: nn.Module, run: Run[B], resumed: Resumed | None = None) -> Iterator[Report]:
    """Train until the budget is spent, one report a step.

    bf16 autocast wherever the device has it; weights, moments and the average stay float32.
    """
    device = next(network.parameters()).device
    averaged = resumed.averaged if resumed else copy.deepcopy(network).requires_grad_(False)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=run.rate, betas=(0.9, 0.99), weight_decay=run.decay, fused=True
    )
    if resumed:
        optimizer.load_state_dict(resumed.optimizer)
    step, spent = (resumed.step, resumed.seconds) if resumed else (0, 0.0)
    generator = torch.Generator().manual_seed(run.seed + step)
    while spent < run.minutes * 60:
        started = time.perf_counter()
        rate = learning_rate(run, spent / (run.minutes * 60))
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(device.type, torch.bfloat16):
            loss = run.loss(network, next(run.batches), generator)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        blend(averaged, network, step)
        spent += time.perf_counter() - started
        yield Report(step, spent, float(loss.detach()), rate, averaged, optimizer, network)


@dataclass(frozen=True)
class Resumed:
    """A run to go on with."""

    step: int
    seconds: float
    averaged: nn.Module
    optimizer: dict[str, object]


def learning_rate(run: Run[B], done: float) -> float:
    """Linear rise, plateau, linear fall to zero, by the share of the budget that is spent."""
    return run.rate * min(1.0, done / run.warmup + 1e-3, (1 - done) / run.fall)


@torch.no_grad()
def blend(averaged: nn.Module, network: nn.Module, step: int) -> None:
    """Exponential average whose memory grows with the run up to about a thousand steps."""
    keep = min(0.999, (1 + step) / (10 + step))
    pairs = zip(averaged.parameters(), network.parameters(), strict=True)
    for mean, now in pairs:
        mean.lerp_(now, 1 - keep)
