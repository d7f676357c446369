"""Files a run can go on from: safetensors only, replaced atomically."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from sfumato.models.house.words import FIRST
from sfumato.models.weights import about, load_packed, pack
from sfumato.train.loop import Report, Resumed

EMBEDDED = "encoder.embed.weight"  # a row for each word
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


def save_checkpoint(path: Path, report: Report) -> None:
    """Network, average and optimiser of a report, in one file."""
    tensors = {f"network.{k}": v for k, v in report.network.state_dict().items()}
    tensors |= {f"averaged.{k}": v for k, v in report.averaged.state_dict().items()}
    for index, moments in report.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": moments[name] for name in _MOMENTS}
    write_tensors(path, tensors, {"step": str(report.step), "seconds": str(report.seconds)})


def write_tensors(path: Path, tensors: dict[str, Tensor], about: dict[str, str]) -> None:
    """A safetensors file, complete or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, partial, about)
    partial.chmod(0o644)  # the writer makes it private
    os.replace(partial, path)


def load_checkpoint(path: Path, network: nn.Module) -> Resumed:
    """Fill the network and return the rest of the run."""
    with safe_open(path, "pt") as file:
        told = file.metadata()
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    averaged = copy.deepcopy(network).requires_grad_(False)
    network.load_state_dict(_part(tensors, "network."))
    averaged.load_state_dict(_part(tensors, "averaged."))
    shell = torch.optim.AdamW(network.parameters()).state_dict()
    count = len(shell["param_groups"][0]["params"])
    state = {i: _part(tensors, f"optimizer.{i}.") for i in range(count)}
    groups = [{**shell["param_groups"][0], "betas": (0.9, 0.99)}]
    return Resumed(
        int(told["step"]), float(told["seconds"]), averaged, {"state": state, "param_groups": groups}
    )


def inherit(network: nn.Module, path: Path, vocabulary: Sequence[str]) -> None:
    """Fill a network that reads these words from shipped weights that may know others: a word that both know
    keeps what it means, one that is new keeps what it begins with."""
    weights, words = load_packed(path), network.get_parameter(EMBEDDED).detach().clone()
    number = {word: row for row, word in enumerate(about(path)["vocabulary"], FIRST)}
    words[:FIRST] = weights[EMBEDDED][:FIRST]
    for row, word in enumerate(vocabulary, FIRST):
        if word in number:
            words[row] = weights[EMBEDDED][number[word]]
    network.load_state_dict({**weights, EMBEDDED: words})


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}


def save_weights(path: Path, network: nn.Module, about: dict[str, object]) -> None:
    """The shipped form: packed tensors, everything else as JSON values in the file's metadata."""
    write_tensors(
        path,
        pack(network.state_dict()),
        {key: json.dumps(value, ensure_ascii=False) for key, value in about.items()},
    )
