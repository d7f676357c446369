"""A family that exists only as numbers: a base of 64×64 pixels and a stage with sides four times as long."""

from __future__ import annotations

import pytest

from sfumato.plan import Defaults, StageDefaults


@pytest.fixture(scope="session")
def defaults() -> Defaults:
    base = StageDefaults(
        name="base",
        weights="1" * 64,
        steps=20,
        sampler="euler",
        schedule="linear",
        shift=1.5,
        guidance=4.0,
        rescale=0.25,
        interval=(0.1, 0.9),
    )
    larger = StageDefaults(
        name="larger", weights="2" * 64, scale=4, steps=10, sampler="heun", schedule="karras", guidance=2.0
    )
    return Defaults(family="numbers", stages=(base, larger), pixels=64 * 64, multiple=8, maximum_aspect=2.5)
