"""Options: which model draws for a person where a request names none. All others are read and not kept."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.forms import read_json
from sfumato.faces.sdapi.caller import Caller, Making
from sfumato.faces.web.server import Here, Server
from sfumato.studio.store import Person

router = APIRouter()

CHECKPOINT = "sd_model_checkpoint"


@dataclass(frozen=True)
class Chosen:
    """The model that a person has chosen, in a file of theirs."""

    server: Server
    path: Path

    @classmethod
    def of(cls, server: Server, me: Person) -> Chosen:
        """That of a person."""
        return cls(server, server.store.gallery.with_name("sdapi") / f"{me.id}.json")

    def model(self, named: str | None = None) -> str | None:
        """The one that a request names, else the one that was chosen; None is the server's own. Raises
        Refusal."""
        if named is not None:
            return self.server.model(plain(named)).name
        kept = self._kept()
        return kept if kept in self.server.models else None

    def keep(self, name: str) -> None:
        """Choose. Raises Refusal for a model that nobody knows."""
        chosen = self.server.model(plain(name)).name
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            "w", dir=self.path.parent, prefix=".", delete=False, encoding="utf-8"
        ) as file:
            json.dump({CHECKPOINT: chosen}, file)
        os.replace(file.name, self.path)

    def _kept(self) -> str | None:
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))[CHECKPOINT]
        except FileNotFoundError:
            return None


def plain(title: str) -> str:
    """A model's name out of a title: others write the hash behind it, as `name.safetensors [0123abcd]`."""
    return title.partition(" [")[0].removesuffix(".safetensors").strip()


@router.get("/options")
def options(server: Here, me: Caller) -> dict[str, Any]:
    """What clients look for."""
    name = Chosen.of(server, me).model() or server.studio.family.name
    fixed = {
        "samples_format": "png",
        "sd_vae": "Automatic",
        "CLIP_stop_at_last_layers": 1,
        "eta_noise_seed_delta": 0,
    }
    return {CHECKPOINT: name, "sd_checkpoint_hash": None, **fixed, "show_progressbar": True}


@router.post("/options")
async def change(request: Request, server: Here, me: Making) -> None:
    """Choose a model; everything else changes nothing."""
    said = (await read_json(request)).get(CHECKPOINT)
    if said in (None, ""):
        return
    if not isinstance(said, str):
        raise Wrong(CHECKPOINT, f"{CHECKPOINT} is the name of a model.")
    await run_in_threadpool(Chosen.of(server, me).keep, said)
