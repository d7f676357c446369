"""`sfumato world`: what the house model learns from, to look at."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from sfumato.train.world.atlas import open_atlas
from sfumato.train.world.scene import Kind
from sfumato.train.world.sheet import contact_sheet


def world_command(sheet: Path, count: int, seed: int, side: int, kind: Kind | None) -> int:
    """Write a contact sheet and print its path. Returns 0; raises FileNotFoundError without the fonts."""
    with Console(stderr=True).status("drawing every thing once, then the pictures …"):
        picture = contact_sheet(open_atlas(), count, seed, side, kind=kind)
    sheet.parent.mkdir(parents=True, exist_ok=True)
    picture.save(sheet)
    print(sheet)
    return 0
