"""What Karlo's decoder paints: embeddings of words and pictures, and pictures moved by a difference."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

from torch import Tensor

from sfumato.engine import Setting
from sfumato.models._parts.unclip.embeddings import Embeddings, summed
from sfumato.models._parts.unclip.prior import PriorStage
from sfumato.models._parts.unclip.rows import BLEND, Row, references, wanted
from sfumato.models.karlo.sphere import difference, slerp
from sfumato.plan import Plan


def differs(plan: Plan) -> bool:
    """Whether a plan moves pictures by a difference: texts that are wanted less those that are not."""
    return bool(references(plan)) and any(part.weight < 0 for part in plan.parts)


def rows(plan: Plan) -> tuple[Row, ...]:
    """As `wanted`; a difference is one of text embeddings, which needs no prior."""
    return () if differs(plan) else wanted(plan)


@dataclass(frozen=True, eq=False)
class Painted(Embeddings):
    """Embeddings, with differences."""

    def wanted(self, setting: Setting) -> Tensor:
        if self.prior and differs(setting.plan):
            return self._moved(setting, self.prior)
        return super().wanted(setting)

    def _moved(self, setting: Setting, prior: PriorStage) -> Tensor:
        """The pictures, turned towards the difference by what the words weigh of all."""
        plan = setting.plan
        seen = self.mix(self.pictures(setting), references(plan))
        towards = difference(_mean(setting, prior, 1), _mean(setting, prior, -1), seen.norm())
        told = (part.weight for part in plan.parts if part.weight > 0)
        words = fsum(told) if plan.operation == BLEND else 1.0
        return slerp(seen, towards, words / (words + fsum(references(plan)))) if towards.any() else seen


def _mean(setting: Setting, prior: PriorStage, sign: int) -> Tensor:
    """Of the text embeddings (D,) whose weights have this sign."""
    parts = [part for part in setting.plan.parts if part.weight * sign > 0]
    read = [prior.read(setting, part.content)["pooled"] for part in parts]
    return summed([one / one.norm() for one in read], [part.weight * sign for part in parts])
