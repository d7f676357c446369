"""Plans for the witnesses, and a model that counts what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from sfumato.engine import Answer, Ask, Batcher, NoisePath, Progress, Straight, run
from sfumato.plan import Plan, PlanPart, Seed, StagePlan


def staged(name: str = "base", **knobs: Any) -> StagePlan:
    """A stage of 8 x 8 pixels and eight Heun steps, unless said otherwise."""
    chosen = {"weights": "w", "width": 8, "height": 8, "steps": 8, "sampler": "heun", "schedule": "karras"}
    return StagePlan(name=name, **{**chosen, **knobs})


def planned(
    *stages: StagePlan,
    parts: Sequence[tuple[str, float]] = (("red fox", 1.0),),
    pictures: int = 2,
    seed: int = 7,
) -> Plan:
    return Plan(
        family="witness",
        prompt="a witness",
        parts=tuple(PlanPart(content=content, weight=weight) for content, weight in parts),
        seeds=tuple(Seed(number=seed, slice=index) for index in range(pictures)),
        width=stages[-1].width,
        height=stages[-1].height,
        stages=stages,
    )


@dataclass(frozen=True)
class Watched:
    """A model, and a list of every call of `answer`: one tuple of asks each."""

    model: Any
    calls: list[tuple[Ask, ...]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        self.calls.append(tuple(asks))
        return self.model.answer(asks)


def last(plan: Plan, model: Any, **options: Any) -> Progress:
    *_, progress = run(plan, model, **{"batcher": Batcher(answering=Straight), **options})
    return progress


@pytest.fixture(name="staged", scope="session")
def _staged() -> Callable[..., StagePlan]:
    return staged


@pytest.fixture(name="planned", scope="session")
def _planned() -> Callable[..., Plan]:
    return planned


@pytest.fixture(name="last", scope="session")
def _last() -> Callable[..., Progress]:
    return last


@pytest.fixture(name="watched")
def _watched() -> type[Watched]:
    return Watched


PATHS = (
    NoisePath("flow", "flow"),
    NoisePath("edm", "edm"),
    NoisePath("vp", "eps"),
    NoisePath("vp", "v", table="cosine"),
    NoisePath("vp", "eps", table="linear", beta=(1e-4, 0.02)),
    NoisePath("vp", "v", zero_snr=True),
)


def shown(path: NoisePath) -> str:
    """A name of a path for test ids."""
    return f"{path.kind}-{path.table}{'-zero' * path.zero_snr}" if path.kind == "vp" else path.kind


@pytest.fixture(params=PATHS, ids=shown)
def path(request: pytest.FixtureRequest) -> NoisePath:
    """Every kind of noise path in turn."""
    return request.param


@pytest.fixture(scope="session")
def every() -> tuple[NoisePath, ...]:
    """Every kind of noise path at once, for tests that draw one."""
    return PATHS
