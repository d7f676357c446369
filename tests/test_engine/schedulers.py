"""A small network that is far from linear, walked by a scheduler of diffusers and by ours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from sfumato.engine import SAMPLERS, Answer, Ladder, NoisePath, State
from sfumato.engine.samplers import Ancestral

SHAPE = (3, 4, 5)
SD = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
PIXELS = {"beta_schedule": "squaredcos_cap_v2"}
RELATIVE = 2e-5


def normal(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def network(x: torch.Tensor, clock: float) -> torch.Tensor:
    """Mixes all values of x, bends them, and turns with the clock (0 ... 1000)."""
    size = math.prod(SHAPE)
    mix = torch.randn(size, size, generator=torch.Generator().manual_seed(99)) / math.sqrt(size)
    turn = torch.linspace(0, 3, size) * (clock / 500)
    return (torch.tanh(1.5 * mix @ x.reshape(-1) + turn) + 0.3 * x.reshape(-1)).reshape(SHAPE)


def theirs(scheduler, x: torch.Tensor, **options) -> list[torch.Tensor]:
    """What a pipeline of diffusers does: x after every step."""
    seen = []
    for t in scheduler.timesteps:
        given = scheduler.scale_model_input(x, t) if hasattr(scheduler, "scale_model_input") else x
        extra = {name: option(len(seen)) for name, option in options.items()}
        x = scheduler.step(network(given, float(t)), t, x, **extra).prev_sample
        seen.append(x)
    return seen


def ours(
    name: str, path: NoisePath, times: Sequence[float], x: torch.Tensor, draw=None, **options
) -> list[torch.Tensor]:
    """x after every ask."""
    ladder, state, seen = Ladder(path, tuple(times)), State(0, x), []
    sampler = Ancestral(**options) if options else SAMPLERS[name]
    while look := sampler.ask(state, ladder):
        out = network(path.net_scale(look.t) * look.x, path.net_time(look.t))
        state = sampler.tell(state, Answer(path.x0(look.x, out, look.t)), draw, ladder)
        seen.append(state.x)
    return seen


def agree(mine: Sequence[torch.Tensor], other: Sequence[torch.Tensor]) -> None:
    assert len(mine) == len(other)
    for step, (left, right) in enumerate(zip(mine, other, strict=True)):
        scale = float(right.abs().max())
        assert float((left - right).abs().max()) <= RELATIVE * scale, f"step {step}"


def over_alpha(path: NoisePath, xs: Sequence[torch.Tensor], times: Sequence[float]) -> list[torch.Tensor]:
    """Schedulers written for alpha = 1 hold x / alpha."""
    return [x / path.alpha(t) for x, t in zip(xs, times, strict=True)]
