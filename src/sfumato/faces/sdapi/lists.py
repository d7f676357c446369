"""What there is: models, samplers, schedules, and all that clients ask for and find empty here."""

from __future__ import annotations

import os
from typing import Any

from fastapi import APIRouter

from sfumato.faces.sdapi.caller import Caller, Making
from sfumato.faces.sdapi.extras import UPSCALERS
from sfumato.faces.sdapi.names import SAMPLERS, SCHEDULES
from sfumato.faces.web.server import Here
from sfumato.models.family import Family
from sfumato.plan import SAMPLER_HELP

router = APIRouter()

Rows = list[dict[str, Any]]


@router.get("/sd-models")
def models(server: Here, _me: Caller) -> Rows:
    """Those whose weights are here."""
    return [_model(own) for own in server.models.values() if not own.missing()]


def _model(own: Family) -> dict[str, Any]:
    whole = own.defaults().stages[0].weights
    return {
        "title": own.name,
        "model_name": own.name,
        "hash": whole[:10],
        "sha256": whole,
        "filename": own.name,
        "config": None,
    }


@router.get("/samplers")
def samplers(_me: Caller) -> Rows:
    """By their usual names; ours are aliases of these."""
    return [
        {"name": theirs, "aliases": [own], "options": {"description": SAMPLER_HELP[own]}}
        for theirs, own in SAMPLERS.items()
    ]


@router.get("/schedulers")
def schedulers(_me: Caller) -> Rows:
    """By their usual names."""
    same = {"default_rho": -1, "need_inner_model": False}
    return [
        {"name": own or "automatic", "label": theirs, "aliases": [theirs], **same}
        for theirs, own in SCHEDULES.items()
    ]


@router.get("/upscalers")
def upscalers(_me: Caller) -> Rows:
    """What extra-single-image enlarges with."""
    same = {"model_name": None, "model_path": None, "model_url": None, "scale": 4}
    return [{"name": name, **same} for name in UPSCALERS]


@router.get("/latent-upscale-modes")
def latent_modes(_me: Caller) -> Rows:
    """The one way in which enable_hr makes pictures larger."""
    return [{"name": "Latent"}]


@router.get("/sd-vae")
@router.get("/sd-modules")
@router.get("/loras")
@router.get("/hypernetworks")
@router.get("/face-restorers")
@router.get("/realesrgan-models")
@router.get("/prompt-styles")
@router.get("/extensions")
def nothing(_me: Caller) -> Rows:
    """They belong to models here, or there are none."""
    return []


@router.get("/embeddings")
def embeddings(_me: Caller) -> dict[str, Any]:
    """There are none."""
    return {"loaded": {}, "skipped": {}}


@router.get("/scripts")
def scripts(_me: Caller) -> dict[str, Any]:
    """There are none."""
    return {"txt2img": [], "img2img": []}


@router.get("/script-info")
def script_info(_me: Caller) -> Rows:
    """There are none."""
    return []


@router.get("/cmd-flags")
def flags(_me: Caller) -> dict[str, Any]:
    """The server's own settings are nobody's business."""
    return {"api": True}


@router.post("/refresh-checkpoints")
@router.post("/refresh-vae")
@router.post("/refresh-loras")
@router.post("/refresh-embeddings")
@router.post("/unload-checkpoint")
@router.post("/reload-checkpoint")
def refresh(_me: Making) -> None:
    """Models come and go by themselves here."""


@router.get("/memory")
def memory(_me: Caller) -> dict[str, Any]:
    """Bytes of this machine's memory."""
    page = os.sysconf("SC_PAGE_SIZE")
    total, free = (page * os.sysconf(name) for name in ("SC_PHYS_PAGES", "SC_AVPHYS_PAGES"))
    return {"ram": {"free": free, "used": total - free, "total": total}, "cuda": {"error": "not told"}}
