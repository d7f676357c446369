"""Guidance that keeps the length of what the network says about each token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import pixel_unshuffle

from sfumato.engine import NOTHING, Answer, NoisePath
from sfumato.engine.guidance import ClassifierFree

PATCH = 2
"""Sides of one token in the latent."""


@dataclass(frozen=True)
class Levelled:
    """The usual guidance, after which what is said of every token is as long as for the words alone.

    So Qwen-Image is released: strong guidance turns what a token says, and makes it no stronger.
    """

    inner: ClassifierFree

    def roles(self, t: float) -> tuple[str, ...]:
        return self.inner.roles(t)

    def net(self, role: str) -> str:
        return self.inner.net(role)

    def join(
        self,
        answers: Mapping[str, Answer],
        x: Tensor,
        t: float,
        path: NoisePath,
        kept: Mapping[str, Tensor] = NOTHING,
    ) -> Answer:
        guided = self.inner.join(answers, x, t, path, kept)
        if t > self.inner.silent or self.inner.scale_at(t) in (0, 1):
            return guided
        wanted = self.inner.parts.blend({role: answer.x0 for role, answer in answers.items()}, t)
        out = path.out(x, guided.x0, t)
        factor = lengths(path.out(x, wanted, t)) / lengths(out).clamp(min=1e-12)
        return Answer(path.x0(x, out * factor, t), guided.variance, guided.kept)


def lengths(out: Tensor) -> Tensor:
    """The Euclidean length of every token of (C, H, W), where its places are: (1, H, W)."""
    long = pixel_unshuffle(out, PATCH).norm(dim=0, keepdim=True)
    return long.repeat_interleave(PATCH, 1).repeat_interleave(PATCH, 2)
