"""State: all that going on needs. Between any two asks it can become bytes and be read back, bit for bit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor

FORM = 1
HEADER = "sfumato"


@dataclass(frozen=True, eq=False)
class State:
    """Where one picture stands.

    stage    index of the stage it is in; the number of stages when it is finished
    x        the noisy picture, float32, no batch axis; of a finished picture the last stage's result
    step     how many asks of this stage's sampler have been answered
    memory   what the sampler must remember within the stage
    results  what earlier stages left, by name of the stage; "NAME.x" is the noisy x of one that stopped early
    kept     what joining the answers leaves for the next look: it lasts until the stage ends or the same name
             is left again
    """

    stage: int
    x: Tensor
    step: int = 0
    memory: Mapping[str, Tensor] = field(default_factory=dict)
    results: Mapping[str, Tensor] = field(default_factory=dict)
    kept: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "memory", MappingProxyType(dict(self.memory)))
        object.__setattr__(self, "results", MappingProxyType(dict(self.results)))
        object.__setattr__(self, "kept", MappingProxyType(dict(self.kept)))

    def then(self, x: Tensor, **memory: Tensor) -> State:
        """The state after one more answer; memory that is not named is forgotten."""
        return State(self.stage, x, self.step + 1, memory, self.results, self.kept)


def dump(state: State) -> bytes:
    """The state as the bytes of a safetensors file; equal states give equal bytes."""
    tensors = {"x": state.x}
    tensors |= {f"memory/{name}": tensor for name, tensor in state.memory.items()}
    tensors |= {f"results/{name}": tensor for name, tensor in state.results.items()}
    tensors |= {f"kept/{name}": tensor for name, tensor in state.kept.items()}
    # Cloned, because safetensors refuses two names for one storage.
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in sorted(tensors.items())}
    header = json.dumps({"form": FORM, "stage": state.stage, "step": state.step})
    return write_tensors(tensors, metadata={HEADER: header})


def load(data: bytes) -> State:
    """The state that `dump` wrote. ValueError when the bytes are something else."""
    header = _header(data)
    tensors = read_tensors(data)
    return State(
        stage=header["stage"],
        x=tensors["x"],
        step=header["step"],
        memory=_under("memory/", tensors),
        results=_under("results/", tensors),
        kept=_under("kept/", tensors),
    )


def _header(data: bytes) -> dict[str, int]:
    try:
        size = int.from_bytes(data[:8], "little")
        header = json.loads(json.loads(data[8 : 8 + size])["__metadata__"][HEADER])
        read_tensors(data)
    except (ValueError, KeyError, TypeError, SafetensorError):
        raise ValueError(
            "these bytes are not a saved state: cut off, or written by another program."
        ) from None
    if header["form"] != FORM:
        raise ValueError(
            f"this state has form {header['form']}; this program reads form {FORM}: begin again."
        )
    return header


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
