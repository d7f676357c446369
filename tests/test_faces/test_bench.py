"""The score of the house model, and that it is the network's merit."""

from __future__ import annotations

import pytest
from torch import nn

from sfumato.faces.cli.bench import bench_family, draw_one
from sfumato.faces.cli.bench_larger import bench_larger
from sfumato.studio import Studio

AT_LEAST = 0.5


@pytest.mark.minutes
def test_half_of_the_held_out_prompts_are_recognised() -> None:
    report = bench_family(200, 0, Studio())
    assert report["recognised"] >= AT_LEAST
    assert report["true_renders"] is None or report["true_renders"] >= 0.9
    assert report["chance"] < 0.02


@pytest.mark.minutes
def test_with_random_weights_the_score_falls_to_chance() -> None:
    studio = Studio()
    model = studio.shelf.lease(studio.family).model
    trained = draw_one(studio, "a fox --seed 1 --q .25").pixels
    for network in model.networks:  # type: ignore[attr-defined]
        redraw(network)
    assert (draw_one(studio, "a fox --seed 1 --q .25").pixels != trained).any()
    prompts = 68
    report = bench_family(prompts, 0, studio)
    assert report["recognised"] * prompts <= 5  # by chance one; six or more once in a thousand runs


@pytest.mark.minutes
def test_larger_pictures_are_scored_as_everybody_makes_them() -> None:
    """Sharpest is ours; nobody is sharper than the truth."""
    report = bench_larger(2, Studio())
    assert report["renders"] == 2 and report["seconds"] > 0
    for kind in ("clean", "rough"):
        ours, lanczos, bicubic = (report[kind][way]["sharpness"] for way in ("ours", "lanczos", "bicubic"))
        assert 1 > ours > lanczos > bicubic > 0


def redraw(network: nn.Module) -> None:
    """Every parameter as before training."""
    for module in network.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()  # type: ignore[operator]
