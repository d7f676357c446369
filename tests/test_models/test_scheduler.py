"""Released scheduler configs: our noise levels are theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sfumato.models._parts.scheduler import noise_path, steps

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

STABLE = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("EulerDiscreteScheduler", {**STABLE, "timestep_spacing": "leading", "steps_offset": 1}),
    ("EulerDiscreteScheduler", {**STABLE, "timestep_spacing": "trailing"}),
    ("EulerDiscreteScheduler", {**STABLE, "timestep_spacing": "linspace"}),
    ("EulerDiscreteScheduler", {**STABLE, "use_karras_sigmas": True}),
    ("EulerDiscreteScheduler", {**STABLE, "use_exponential_sigmas": True}),
    ("EulerDiscreteScheduler", {**STABLE, "num_train_timesteps": 1100, "beta_end": 0.014}),
    ("EulerAncestralDiscreteScheduler", {**STABLE, "timestep_spacing": "linspace"}),
    ("HeunDiscreteScheduler", {**STABLE, "timestep_spacing": "linspace"}),
    ("DPMSolverMultistepScheduler", {"beta_schedule": "linear", "beta_start": 1e-4, "beta_end": 0.02}),
    ("UniPCMultistepScheduler", STABLE),
    ("EDMEulerScheduler", {"sigma_min": 0.002, "sigma_max": 80.0, "sigma_data": 0.5}),
    ("FlowMatchEulerDiscreteScheduler", {}),
)


def made(kind: str, config: dict[str, Any], n: int) -> Any:
    import diffusers

    scheduler = getattr(diffusers, kind)(**config)
    scheduler.set_timesteps(n)
    return scheduler


@pytest.mark.parametrize("n", [4, 7, 25])
@pytest.mark.parametrize(("kind", "config"), CASES, ids=[f"{k}-{i}" for i, (k, _) in enumerate(CASES)])
def test_noise_levels_are_those_of_the_release(kind: str, config: dict[str, Any], n: int) -> None:
    scheduler = made(kind, config, n)
    told = dict(scheduler.config) | {"_class_name": kind}
    path, (_, schedule) = noise_path(told), steps(told)
    if kind.startswith("FlowMatch"):
        # Its own spacing ends at 1 / 1000; the pipelines give it 1 ... 1 / n, as "linear" does.
        scheduler.set_timesteps(sigmas=np.linspace(1, 1 / n, n))
    ours = np.array([path.ratio(t) if path.kind == "vp" else t for t in path.times(n, schedule)])
    theirs = scheduler.sigmas.double().numpy()
    if kind.startswith("Heun"):
        theirs = theirs[::2] if len(theirs) % 2 else np.append(theirs[:-1:2], 0)
    assert np.abs(ours - theirs).max() <= 2e-5 * theirs.max()


@pytest.mark.parametrize("n", [2, 5, 25, 64])
def test_the_times_of_unclip_are_rounded_as_released(n: int) -> None:
    from diffusers import UnCLIPScheduler

    scheduler = UnCLIPScheduler(prediction_type="sample")
    scheduler.set_timesteps(n)
    told = {
        "_class_name": "UnCLIPScheduler",
        "prediction_type": "sample",
        "beta_schedule": "squaredcos_cap_v2",
    }
    path, (sampler, schedule) = noise_path(told), steps(told)
    assert (path.predicts, sampler) == ("x0", "ddpm")
    assert [t - 1 for t in path.times(n, schedule)[:-1]] == scheduler.timesteps.tolist()


@pytest.mark.parametrize(
    ("told", "predicts"),
    [({}, "eps"), ({"prediction_type": "v_prediction"}, "v"), ({"prediction_type": "sample"}, "x0")],
)
def test_what_the_network_predicts(told: dict[str, str], predicts: str) -> None:
    assert noise_path({"_class_name": "DDIMScheduler", **told}).predicts == predicts


def test_zero_terminal_signal_is_honoured() -> None:
    told = {"_class_name": "DDIMScheduler", **STABLE, "prediction_type": "v_prediction"}
    assert noise_path({**told, "rescale_betas_zero_snr": True}).alpha(1000) == 0
    assert noise_path(told).alpha(1000) > 0


@pytest.mark.parametrize(
    ("told", "walk"),
    [
        ({"_class_name": "DDPMScheduler"}, ("ddpm", "leading")),
        ({"_class_name": "PNDMScheduler", "steps_offset": 1}, ("dpm++2m", "leading+1")),
        (
            {"_class_name": "DPMSolverMultistepScheduler", "timestep_spacing": "trailing"},
            ("dpm++2m", "trailing"),
        ),
        ({"_class_name": "EDMDPMSolverMultistepScheduler"}, ("dpm++2m", "karras")),
        ({"_class_name": "UniPCMultistepScheduler"}, ("unipc", "linspace-open")),
        ({"_class_name": "LCMScheduler"}, ("lcm", "lcm")),
        (
            {"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"},
            ("dpm++sde", "linspace-open"),
        ),
        ({"_class_name": "EulerDiscreteScheduler", "use_exponential_sigmas": True}, ("euler", "exponential")),
        ({"_class_name": "EulerDiscreteScheduler", "use_beta_sigmas": True}, ("euler", "beta")),
        ({"_class_name": "EulerAncestralDiscreteScheduler"}, ("euler-ancestral", "linspace")),
    ],
)
def test_how_a_release_walks(told: dict[str, Any], walk: tuple[str, str]) -> None:
    assert tuple(steps(told)) == walk


def test_the_shift_of_a_release_grows_with_the_picture() -> None:
    told = {"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": True}
    line = noise_path(told).line
    assert line is not None
    assert line.shift((16, 32, 32)) == pytest.approx(np.exp(0.5))
    assert line.shift((16, 128, 128)) == pytest.approx(np.exp(1.15))
    assert noise_path({"_class_name": "FlowMatchEulerDiscreteScheduler"}).line is None
