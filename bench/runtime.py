"""A denoiser in OpenVINO, beside itself in torch: the mark to beat on a processor."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn

from bench.pair import Pair
from bench.report import say

ABSENT = "OpenVINO is not installed here: pip install openvino (it changes neither torch nor diffusers)."
HINTS = {"float32": "f32", "bfloat16": "bf16"}  # what it computes in, by the number format of the weights
ALIKE = 0.1  # of the deviation of the output: bfloat16 is rounded at other places


class Plain(nn.Module):
    """A denoiser as a function of float32 and whole tensors alone; other arguments are as they were once.

    tensors  as it was asked with, by name; "a.b" is entry b of argument a
    """

    def __init__(self, denoiser: nn.Module, tensors: Mapping[str, Tensor], fixed: Mapping[str, Any]) -> None:
        super().__init__()
        self.denoiser, self.fixed = denoiser, dict(fixed)
        self.formats = {name: own.dtype for name, own in tensors.items()}

    def forward(self, *tensors: Tensor) -> Tensor:
        given = {name: dict(own) if isinstance(own, dict) else own for name, own in self.fixed.items()}
        for (name, dtype), tensor in zip(self.formats.items(), tensors, strict=True):
            outer, _, inner = name.partition(".")
            own = tensor.to(dtype)
            given[outer] = {**given[outer], inner: own} if inner else own
        return self.denoiser(**given)[0].float()


class Runtime(NamedTuple):
    """The denoiser in torch and in OpenVINO, each as a function of nothing: one guided step of one
    picture."""

    plain: Callable[[], Tensor]
    openvino: Callable[[], Tensor]

    @classmethod
    def of(cls, pair: Pair, dtype: str, side: int) -> Self:
        """Converted for this size. Raises SystemExit where OpenVINO is absent, or computes something else."""
        if find_spec("openvino") is None:
            raise SystemExit(ABSENT)
        plain, tensors = seen(pair, side)
        made = cls(lambda: plain(*tensors), converted(plain, tensors, HINTS[dtype]))
        with torch.no_grad():
            one, other = made.plain(), made.openvino()
        if (off := float((one - other).std() / one.std())) > ALIKE:
            raise SystemExit(f"OpenVINO's denoiser says something else (by {off:.3f}). Nothing is reported.")
        return made

    @torch.no_grad()
    def beside(self, rounds: int) -> list[float]:
        """Seconds of torch over those of OpenVINO, in turns."""
        ratios = []
        for number in range(rounds + 1):
            took = {name: seconds(getattr(self, name)) for name in self._fields[:: -1 if number % 2 else 1]}
            ratios.append(took["plain"] / took["openvino"])
            say(f"torch {took['plain']:.3f} s, OpenVINO {took['openvino']:.3f} s")
        return ratios[1:]


def seen(pair: Pair, side: int) -> tuple[Plain, list[Tensor]]:
    """The denoiser, and the tensors it is asked with at a step of ours."""
    calls: list[dict[str, Any]] = []
    forward = signature(type(pair.denoiser).forward)

    def look(network: nn.Module, args: Any, kwargs: Any) -> None:
        given = forward.bind(network, *args, **kwargs).arguments
        calls.append({name: own for name, own in given.items() if name != "self"})

    hook = pair.denoiser.register_forward_pre_hook(look, with_kwargs=True)
    pair.ours.picture("a red fox", side, 1)
    hook.remove()
    tensors = {name: own for name, own in calls[-1].items() if isinstance(own, Tensor)}
    for name, own in calls[-1].items():
        inner = own.items() if isinstance(own, dict) else ()
        tensors |= {f"{name}.{key}": tensor for key, tensor in inner if isinstance(tensor, Tensor)}
    fixed = {name: own for name, own in calls[-1].items() if name not in tensors}
    plain = Plain(pair.denoiser, tensors, {**fixed, "return_dict": False})
    return plain, [own.float() if own.is_floating_point() else own for own in tensors.values()]


@torch.no_grad()
def converted(plain: Plain, tensors: Sequence[Tensor], hint: str) -> Callable[[], Tensor]:
    """The same in OpenVINO, for tensors of these shapes."""
    openvino = import_module("openvino")
    shapes = [list(own.shape) for own in tensors]
    model = openvino.convert_model(plain, example_input=tuple(tensors), input=shapes)
    ready = openvino.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": hint})
    return lambda: torch.from_numpy(ready([own.numpy() for own in tensors])[0])


def seconds(work: Callable[[], Tensor]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
