"""A released scheduler's config as what it says: the noise path of the network, and how steps are spread.

Only `noise_path` needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sfumato.engine import NoisePath

TABLES = MappingProxyType(
    {"linear": "linear", "scaled_linear": "scaled-linear", "squaredcos_cap_v2": "cosine"}
)
PREDICTIONS = MappingProxyType({"epsilon": "eps", "v_prediction": "v", "sample": "x0"})
SAMPLERS = MappingProxyType(
    {
        "DDPM": "ddpm",
        "UnCLIP": "ddpm",
        "DDIM": "ddim",
        "EulerDiscrete": "euler",
        "EDMEuler": "euler",
        "FlowMatchEulerDiscrete": "euler",
        "EulerAncestralDiscrete": "euler-ancestral",
        "HeunDiscrete": "heun",
        "UniPCMultistep": "unipc",
        "LCM": "lcm",
    }
)
FIRST = 1.0  # time of a noise table's first entry
# Their linspace has one entry more than steps, and leaves out the last.
OPEN = frozenset({"DPMSolverMultistep", "DPMSolverSinglestep", "DEISMultistep", "UniPCMultistep"})
SECOND_ORDER = "dpm++2m"  # stands for every other multistep solver: DPM-Solver++, PNDM, LMS, DEIS


class Steps(NamedTuple):
    """The sampler and the schedule that a release was made with."""

    sampler: str
    schedule: str


def steps(config: Mapping[str, Any]) -> Steps:
    """How this scheduler walks, in our names."""
    kind = _kind(config)
    usual = "dpm++sde" if config.get("algorithm_type") == "sde-dpmsolver++" else SECOND_ORDER
    return Steps(SAMPLERS.get(kind, usual), _schedule(kind, config))


def noise_path(config: Mapping[str, Any], predicts: str | None = None) -> NoisePath:
    """The noise path that this scheduler walks. `predicts` where the network says it otherwise."""
    from sfumato.engine import NoisePath

    kind = _kind(config)
    if kind.startswith("FlowMatch"):
        return NoisePath("flow", predicts or "flow", line=_line(config))  # type: ignore[arg-type]
    if kind.startswith("EDM"):
        names = ("sigma_min", "sigma_max", "sigma_data", "rho")
        return NoisePath("edm", "edm", **{name: config[name] for name in names if name in config})
    said = PREDICTIONS[config.get("prediction_type", "epsilon")]
    return NoisePath(
        "vp",
        predicts or said,  # type: ignore[arg-type]
        table=_table(kind, config),  # type: ignore[arg-type]
        count=config.get("num_train_timesteps", 1000),
        beta=(config.get("beta_start", 0.0001), config.get("beta_end", 0.02)),
        zero_snr=config.get("rescale_betas_zero_snr", False),
    )


def _table(kind: str, config: Mapping[str, Any]) -> str:
    """unCLIP's scheduler knows only the cosine, and its older configs do not say so."""
    return TABLES[config.get("beta_schedule", "squaredcos_cap_v2" if kind == "UnCLIP" else "linear")]


def _kind(config: Mapping[str, Any]) -> str:
    return config.get("_class_name", "EulerDiscreteScheduler").removesuffix("Scheduler")


def _schedule(kind: str, config: Mapping[str, Any]) -> str:
    if kind.startswith("FlowMatch"):
        return "linear"
    if kind.startswith("EDM") or config.get("use_karras_sigmas"):
        return "karras"
    if kind in ("UnCLIP", "LCM"):
        return "linspace-whole" if kind == "UnCLIP" else "lcm"
    for name in ("exponential", "beta"):
        if config.get(f"use_{name}_sigmas"):
            return name
    usual = "linspace" if "Discrete" in kind or kind in OPEN else "leading"
    spacing = config.get("timestep_spacing", usual)
    if spacing == "linspace" and kind in OPEN:
        return "linspace-open"
    if spacing == "leading":
        return "leading+1" if config.get("steps_offset", 0) else "leading"
    return spacing


def _line(config: Mapping[str, Any]) -> Any:
    """The shift that grows with the picture; its numbers are FLUX.1's where the config is silent."""
    from sfumato.engine import Line

    if not config.get("use_dynamic_shifting"):
        return None
    return Line(
        tokens_low=config.get("base_image_seq_len", 256),
        mu_low=config.get("base_shift", 0.5),
        tokens_high=config.get("max_image_seq_len", 4096),
        mu_high=config.get("max_shift", 1.15),
    )
