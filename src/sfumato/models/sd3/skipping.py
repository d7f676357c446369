"""Skip-layer guidance, as SD 3.5 medium is released: away from what its network sees without some layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from sfumato.engine import NOTHING, Answer, Condition, Guidance, NoisePath, Setting, classifier_free
from sfumato.engine.guidance import Bound, ClassifierFree
from sfumato.models._parts.latent_stage import LatentStage

SKIP = "skip."
"""What the roles begin with that are asked without some layers; the rest is the role of what they read."""
WITHOUT = " without "


@dataclass(frozen=True)
class Skipping:
    """D + k (D_prompt - D_skip), with D as the usual guidance has it.

    inner     the usual guidance, which bounds nothing
    layers    left out in D_skip, from 0
    scale     k
    interval  (low, high): it acts while low < t <= high
    bound     what is done to x0 in the end
    """

    inner: ClassifierFree
    layers: tuple[int, ...]
    scale: float
    interval: tuple[float, float]
    bound: Bound

    def roles(self, t: float) -> tuple[str, ...]:
        usual = self.inner.roles(t)
        if not self.acts(t):
            return usual
        own = tuple(self.inner.parts.at(t))  # asked in any case, as they are compared
        return tuple(dict.fromkeys((*usual, *own, *(SKIP + role for role in own))))

    def net(self, role: str) -> str:
        net = self.inner.net(role.removeprefix(SKIP))
        return without(net, self.layers) if role.startswith(SKIP) else net

    def acts(self, t: float) -> bool:
        low, high = self.interval
        return low < t <= high and t <= self.inner.silent

    def join(
        self,
        answers: Mapping[str, Answer],
        x: Tensor,
        t: float,
        path: NoisePath,
        kept: Mapping[str, Tensor] = NOTHING,
    ) -> Answer:
        usual = {role: answers[role] for role in self.inner.roles(t)}
        joined = self.inner.join(usual, x, t, path, kept)
        x0 = joined.x0
        if self.acts(t):
            own = tuple(self.inner.parts.at(t))
            whole = self.inner.parts.blend({role: answers[role].x0 for role in own}, t)
            less = self.inner.parts.blend({role: answers[SKIP + role].x0 for role in own}, t)
            x0 = x0 + self.scale * (whole - less)
        return replace(joined, x0=self.bound.apply(x0))


def without(net: str, layers: tuple[int, ...]) -> str:
    """What a network is called that is asked without these layers."""
    return f"{net}{WITHOUT}{','.join(map(str, layers))}"


def left_out(net: str) -> list[int] | None:
    """The layers that this name leaves out; None where it is a whole network's."""
    _, skips, layers = net.partition(WITHOUT)
    return [int(layer) for layer in layers.split(",")] if skips else None


@dataclass(frozen=True, eq=False)
class Stage(LatentStage):
    """A latent stage that may be asked without some layers of its network."""

    def guidance(self, setting: Setting) -> Guidance:
        usual, stage = classifier_free(setting, self.name), setting.stage
        if not stage.skip_layers or not stage.skip_guidance:
            return usual
        first, last = stage.skip_interval
        return Skipping(
            inner=replace(usual, bound=Bound()),
            layers=tuple(sorted(set(stage.skip_layers))),
            scale=stage.skip_guidance,
            interval=(setting.ladder.at(last), setting.ladder.at(first)),
            bound=usual.bound,
        )

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        found = super().conditions(setting)
        return {**found, **{SKIP + role: condition for role, condition in found.items()}}
