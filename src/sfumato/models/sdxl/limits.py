"""What a base and its refiner cannot do together, as sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from math import floor

from sfumato.models._parts.unet.release import Release
from sfumato.plan import Plan

SPACE = ("scaling_factor", "shift_factor", "latents_mean", "latents_std", "latent_channels")
NOISE = (
    "beta_start",
    "beta_end",
    "beta_schedule",
    "num_train_timesteps",
    "rescale_betas_zero_snr",
    "sigma_max",
)


def of_pair(releases: Mapping[str, Release]) -> Iterator[str]:
    """Why the second of these releases, by stage, cannot go on from the first."""
    for one, other in pairwise(release.facts for release in releases.values()):
        spaces = [[facts.vae.get(name) or None for name in SPACE] for facts in (one, other)]
        noises = [[facts.scheduler.get(name) or None for name in NOISE] for facts in (one, other)]
        if spaces[0] != spaces[1] or noises[0] != noises[1]:
            yield (
                "This refiner cannot go on from this base: their latents, or their noise, are not the same. "
                "Leave the refiner out."
            )


def of_run(plan: Plan, releases: Collection[str]) -> Iterator[str]:
    """Why the refiner has nothing to go on with, which is the base's latent in mid-run.

    releases  the stages that are one or the other
    """
    for base, refiner in pairwise(stage for stage in plan.stages if stage.name in releases):
        if (base.width, base.height) != (refiner.width, refiner.height):
            yield "A base and its refiner work on one latent: give both stages the same size."
        first, last = (floor(part * base.steps + 0.5) for part in (base.start, base.end))
        if base.end == refiner.start < 1 and not first < last < base.steps:
            yield (
                f"{base.steps} steps are too few to hand on from {base.name} to {refiner.name} at "
                f"{base.end:g} of the run: take more steps."
            )
