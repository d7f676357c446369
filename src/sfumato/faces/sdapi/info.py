"""Infotexts: what a picture was made from, as the web UI writes it into its files and answers."""

from __future__ import annotations

import json
from typing import Any

from PIL.PngImagePlugin import PngInfo

from sfumato import __version__
from sfumato.faces.sdapi.names import their_sampler, their_schedule
from sfumato.plan import Plan

HEAD = 33  # bytes of a PNG before its first chunk of text: signature and IHDR
KEY = "parameters"


def infotext(plan: Plan, seed: int, size: tuple[int, int]) -> str:
    """The text of one picture of a plan, which other programs read: words, negative, then NAME: VALUE, …"""
    last = plan.stages[-1]
    fields = {
        "Steps": plan.stages[0].steps,
        "Sampler": their_sampler(plan.stages[0].sampler),
        "Schedule type": their_schedule(plan.stages[0].schedule),
        "CFG scale": f"{plan.stages[0].guidance:g}",
        "Seed": seed,
        "Size": f"{size[0]}x{size[1]}",
        "Model hash": plan.stages[0].weights[:10],
        "Model": plan.family,
        **({"Denoising strength": f"{1 - last.start:g}"} if last.start else {}),
        "Version": f"sfumato {__version__}",
    }
    negative = f"\nNegative prompt: {plan.negative}" if plan.negative else ""
    return f"{plan.prompt}{negative}\n" + ", ".join(f"{name}: {value}" for name, value in fields.items())


def with_text(png: bytes, text: str) -> bytes:
    """A PNG that carries its infotext too."""
    info = PngInfo()
    info.add_text(KEY, text)
    return png[:HEAD] + b"".join(_chunk(*own[:2]) for own in info.chunks) + png[HEAD:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    from zlib import crc32

    return len(data).to_bytes(4, "big") + kind + data + crc32(kind + data).to_bytes(4, "big")


def told(plans: list[Plan], texts: list[str], size: tuple[int, int], more: dict[str, Any]) -> str:
    """The `info` of an answer, which is JSON in a string. Of all pictures, in order.

    plans  of each picture, with its one seed
    """
    first, seeds = plans[0], [plan.seeds[0].number for plan in plans]
    said = {
        "prompt": first.prompt,
        "all_prompts": [plan.prompt for plan in plans],
        "negative_prompt": first.negative,
        "all_negative_prompts": [plan.negative for plan in plans],
        "seed": seeds[0],
        "all_seeds": seeds,
        "subseed": seeds[0],
        "all_subseeds": seeds,
        "subseed_strength": 0,
        "width": size[0],
        "height": size[1],
        "sampler_name": their_sampler(first.stages[0].sampler),
        "cfg_scale": first.stages[0].guidance,
        "steps": first.stages[0].steps,
        "batch_size": len(plans),
        **{"restore_faces": False, "face_restoration_model": None},
        "sd_model_name": first.family,
        "sd_model_hash": first.stages[0].weights[:10],
        **{"sd_vae_name": None, "sd_vae_hash": None, "seed_resize_from_w": -1, "seed_resize_from_h": -1},
        "denoising_strength": 1 - first.stages[-1].start,
        "extra_generation_params": {"Schedule type": their_schedule(first.stages[0].schedule)},
        "index_of_first_image": 0,
        "infotexts": texts,
        **{"styles": [], "clip_skip": 1, "is_using_inpainting_conditioning": False},
        "version": f"sfumato {__version__}",
        **more,
    }
    return json.dumps(said, ensure_ascii=False)
