"""InvokeAI, NovelAI and Fooocus: one JSON object each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sfumato.studio.imports.found import Found, clean, record, seed_of, settings_of, size_of
from sfumato.studio.imports.texts import Said


def read_invoke(said: Said) -> Found | None:
    """`invokeai_metadata` since 3.0; `sd-metadata` of 2.x."""
    if (told := record(said.texts.get("invokeai_metadata"))) is not None:
        model = told.get("model")
        named = (model.get("name") or model.get("model_name")) if isinstance(model, dict) else model
        pairs = (
            ("Steps", told.get("steps")),
            ("CFG scale", told.get("cfg_scale")),
            ("Scheduler", told.get("scheduler")),
            ("Size", size_of(told.get("width"), told.get("height"))),
            ("Denoising strength", told.get("strength")),
            ("Mode", told.get("generation_mode")),
            ("Version", told.get("app_version")),
        )
        prompt, negative = clean(told.get("positive_prompt")), clean(told.get("negative_prompt"))
        seed = seed_of(told.get("seed"))
        return Found("InvokeAI", prompt, negative, clean(named)[:200], seed, settings_of(pairs))
    told = record(said.texts.get("sd-metadata"))
    return None if told is None else _older_invoke(told)


def _older_invoke(told: dict[str, Any]) -> Found:
    image = told.get("image")
    own: Mapping[str, Any] = image if isinstance(image, dict) else {}
    prompt = own.get("prompt")
    if isinstance(prompt, list):
        prompt = " ".join(clean(part.get("prompt")) for part in prompt if isinstance(part, dict))
    text = clean(prompt)
    # 2.x has the negative prompt inside the prompt, in square brackets.
    negative = ", ".join(re.findall(r"\[([^\[\]]*)\]", text))
    pairs = (
        ("Steps", own.get("steps")),
        ("CFG scale", own.get("cfg_scale")),
        ("Sampler", own.get("sampler")),
        ("Size", size_of(own.get("width"), own.get("height"))),
    )
    model = clean(told.get("model_weights"))[:200]
    plain = clean(re.sub(r"\[[^\[\]]*\]", "", text))
    return Found("InvokeAI", plain, negative, model, seed_of(own.get("seed")), settings_of(pairs))


def read_novel(said: Said) -> Found | None:
    """NovelAI: `Comment` is JSON, `Source` the model, `Software` says whose it is."""
    told = record(said.texts.get("Comment"))
    if told is None or not ("uc" in told or said.texts.get("Software") == "NovelAI"):
        return None
    prompt = clean(told.get("prompt")) or clean(said.texts.get("Description"))
    pairs = (
        ("Steps", told.get("steps")),
        ("Sampler", told.get("sampler")),
        ("CFG scale", told.get("scale")),
        ("CFG rescale", told.get("cfg_rescale")),
        ("Schedule", told.get("noise_schedule")),
        ("Size", size_of(told.get("width"), told.get("height"))),
        ("Denoising strength", told.get("strength")),
        *_characters(told.get("v4_prompt")),
    )
    model, seed = clean(said.texts.get("Source"))[:200], seed_of(told.get("seed"))
    return Found("NovelAI", prompt, clean(told.get("uc")), model, seed, settings_of(pairs))


def _characters(told: object) -> list[tuple[str, object]]:
    """The captions of single figures, since version 4."""
    caption = told.get("caption") if isinstance(told, dict) else None
    figures = caption.get("char_captions") if isinstance(caption, dict) else None
    found = [own.get("char_caption") for own in figures or () if isinstance(own, dict)] if figures else []
    return [(f"Character {place}", text) for place, text in enumerate(found[:6], 1)]


def read_fooocus(said: Said) -> Found | None:
    """Fooocus in its own scheme: JSON in `parameters`, or in the EXIF comment of JPEG and WebP."""
    told = None
    for place in ("parameters", "exif:UserComment"):
        told = told or record(said.texts.get(place))
    if told is None:
        return None
    own = {re.sub(r"\s+", "_", clean(name).lower()): value for name, value in told.items()}
    if not ("prompt" in own and ("base_model" in own or "fooocus" in clean(own.get("version")).lower())):
        return None
    known = ("prompt", "negative_prompt", "base_model", "seed")
    names = (("guidance_scale", "CFG scale"), ("resolution", "Size"))
    pairs = [(dict(names).get(name, name.replace("_", " ").capitalize()), own[name]) for name in own]
    pairs = [pair for pair, name in zip(pairs, own, strict=True) if name not in known]
    return Found(
        program="Fooocus",
        prompt=clean(own.get("prompt")),
        negative=clean(own.get("negative_prompt")),
        model=clean(own.get("base_model"))[:200],
        seed=seed_of(own.get("seed")),
        settings=settings_of((name, _size(value) if name == "Size" else value) for name, value in pairs),
    )


def _size(value: object) -> str:
    """`(1152, 896)` as 1152x896."""
    return "x".join(re.findall(r"\d+", clean(value))[:2])
