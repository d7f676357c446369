"""How much memory there is."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

OWN = 0.6  # of the machine's memory may be weights: passes, pages and other programs need the rest
DEVICE = 0.9  # of an accelerator's
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_memory() -> int:
    """Bytes of the machine, or of the container it is used in."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 8 * 2**30
    for limit in LIMITS:
        with suppress(OSError, ValueError):  # there is none, or it is "max"
            whole = min(whole, int(Path(limit).read_text(encoding="ascii")))
    return whole


def budget(device: str) -> int:
    """Bytes that models may take on a device unless somebody says otherwise."""
    import torch

    if device.startswith("cuda"):
        return int(DEVICE * torch.cuda.mem_get_info(device)[1])
    if device.startswith("mps"):
        return int(DEVICE * torch.mps.recommended_max_memory())
    return int(OWN * machine_memory())


def read_bytes(text: str) -> int:
    """`8G`, `500M`, `6.5 GiB` or plain bytes. Raises ValueError."""
    number = text.strip().upper().removesuffix("IB").removesuffix("B").strip()
    scale = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}.get(number[-1:], 1)
    try:
        count = int(float(number.rstrip("KMGT")) * scale)
    except (ValueError, OverflowError):
        count = 0
    if count <= 0:
        raise ValueError(f"{text!r} is no amount of memory: write it as 8G or 500M.")
    return count
