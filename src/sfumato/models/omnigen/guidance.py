"""Guidance by words and by pictures, each with a scale of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from torch import Tensor

from sfumato.engine import NOTHING, NULL, Answer, Guidance, NoisePath, Setting, classifier_free, part
from sfumato.engine.guidance import rescaled
from sfumato.engine.parts import blend, shares

PICTURES = "pictures"
"""The role that sees the reference pictures and no words."""


@dataclass(frozen=True)
class WordsAndPictures:
    """u + w (p - u) + s (c - p): u sees nothing, p the pictures, c pictures and words (Brooks et al. 2023).

    network   the network asked
    words     s; at s = w the pictures' role is not asked, which makes this ordinary guidance
    pictures  w; at 1 the null is not asked
    shares    of the prompt's parts in c, adding up to 1
    rescale   0 ... 1: how much of c's deviation is restored (Lin et al. 2023)
    interval  (low, high): both scales act while low < t <= high, elsewhere c is all
    """

    network: str
    words: float
    pictures: float
    shares: Mapping[str, float]
    rescale: float = 0.0
    interval: tuple[float, float] = (0.0, inf)

    def roles(self, t: float) -> tuple[str, ...]:
        words, pictures = self.scales_at(t)
        asked = tuple(self.shares) if words else ()
        asked += (PICTURES,) if pictures != words else ()
        return asked + ((NULL,) if pictures != 1 else ())

    def net(self, role: str) -> str:
        return self.network

    def scales_at(self, t: float) -> tuple[float, float]:
        """(s, w) inside the interval, 1 outside."""
        low, high = self.interval
        return (self.words, self.pictures) if low < t <= high else (1.0, 1.0)

    def join(
        self,
        answers: Mapping[str, Answer],
        x: Tensor,
        t: float,
        path: NoisePath,
        kept: Mapping[str, Tensor] = NOTHING,
    ) -> Answer:
        words, pictures = self.scales_at(t)
        pulls = {PICTURES: pictures - words, NULL: 1 - pictures}
        found = [(answers[role].x0, pull) for role, pull in pulls.items() if pull]
        if not words:
            return Answer(_sum(found))
        wanted = blend([answers[role].x0 for role in self.shares], tuple(self.shares.values()))
        guided = _sum([(wanted, words), *found]) if found else wanted
        return Answer(rescaled(guided, wanted, self.rescale, x, t, path) if found else wanted)


def guidance(setting: Setting, network: str) -> Guidance:
    """As the plan says: three roles where there are reference pictures, else the usual two."""
    ordinary = classifier_free(setting, network)
    if not setting.pictures("reference"):
        return ordinary
    return WordsAndPictures(
        network=network,
        words=setting.stage.guidance,
        pictures=setting.stage.image_guidance,
        shares=shares(
            {part(i): piece.weight for i, piece in enumerate(setting.plan.parts)} or {part(0): 1.0}
        ),
        rescale=setting.stage.rescale,
        interval=ordinary.interval,
    )


def _sum(pulled: list[tuple[Tensor, float]]) -> Tensor:
    return blend([picture for picture, _ in pulled], tuple(pull for _, pull in pulled))
