"""From a request to jobs: the web UI's fields in our language, through the way that pictures take anyway."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.forms import Asked, read_form
from sfumato.faces.openai.making import MOST, Order, edited, imagined
from sfumato.faces.openai.seen import Seen, from_text, look_at, look_at_all
from sfumato.faces.sdapi.forms import ImageAsked, TextAsked
from sfumato.faces.sdapi.names import Walk, walk_of
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Server
from sfumato.plan import Seed
from sfumato.plan.seed import LARGEST_SEED
from sfumato.studio import Job, Refused

EXTRA = re.compile(r"<\w+:[^<>]{1,200}>")  # networks that the web UI would load


@dataclass(frozen=True)
class Drafted:
    """What is to be made.

    said   the request in our fields
    notes  what of the request has no effect
    """

    said: Asked
    jobs: Sequence[Job]
    notes: tuple[str, ...]


def from_words(server: Server, asked: TextAsked, model: str | None) -> Drafted:
    """The jobs of txt2img. Raises Refusal."""
    return _drafted(asked, model, lambda said: imagined(server, Order(said)))


def from_pictures(server: Server, asked: ImageAsked, model: str | None) -> Drafted:
    """The jobs of img2img. Raises Refusal."""
    if not asked.init_images:
        raise Wrong("init_images", "Send a picture in init_images.", "missing_required_parameter")
    pictures = [
        _whole(own) for own in look_at_all([from_text(own, "init_images") for own in asked.init_images])
    ]
    mask = None if asked.mask is None else _mask(asked.mask, asked.inpainting_mask_invert, pictures[0])
    strength = None if mask else asked.denoising_strength
    return _drafted(asked, model, lambda said: edited(server, Order(said, pictures, mask)), strength)


def _drafted(
    asked: TextAsked, model: str | None, make: Callable[[Asked], list[Job]], strength: float | None = None
) -> Drafted:
    walk = walk_of(asked.sampler, asked.scheduler or "")
    prompt, notes = _without_networks(asked.prompt)
    notes += walk.notes + _unheard(asked)
    fields = _fields(asked, model) | {"prompt": prompt, "strength": strength}
    said = read_form(Asked, {**fields, **_turned(asked, walk)})
    try:
        jobs = make(said)
    except Refused as error:  # clients send all of these always, whether or not anybody chose them
        said = read_form(Asked, fields)
        jobs, notes = make(said), (*notes, f"The model's own settings were used: {error}")
    return Drafted(said, _numbered(jobs, asked), tuple(dict.fromkeys(notes)))


def _fields(asked: TextAsked, model: str | None) -> dict[str, Any]:
    fields = {"model": model, "size": f"{asked.width}x{asked.height}", "steps": asked.steps or None}
    own = {"negative_prompt": asked.negative_prompt, "tile": asked.tiling or None, "private": _private(asked)}
    return {**fields, **own, "seed": asked.seed if asked.seed >= 0 else None}


def _private(asked: TextAsked) -> bool:
    return (asked.model_extra or {}).get("private") is True


def _turned(asked: TextAsked, walk: Walk) -> dict[str, Any]:
    return {"guidance": asked.cfg_scale, "sampler": walk.sampler, "schedule": walk.schedule}


def _unheard(asked: TextAsked) -> tuple[str, ...]:
    notes = ("Styles are not kept here: write them into the prompt.",) if asked.styles else ()
    return (*notes, "It was enlarged by resampling.") if asked.enable_hr else notes


def _without_networks(prompt: str) -> tuple[str, tuple[str, ...]]:
    found = EXTRA.findall(prompt)
    names = ", ".join(found)[:200]
    return EXTRA.sub("", prompt), (
        (f"Not used: {names}. Adapters are named with the model.",) if found else ()
    )


def _numbered(jobs: Sequence[Job], asked: TextAsked) -> list[Job]:
    """So many pictures of each job, from neighbouring seeds: each is again what its own seed makes alone."""
    count = asked.batch_size * asked.n_iter
    if len(jobs) * count > MOST:
        raise Refusal("plan", f"A request makes at most {MOST} pictures, not {len(jobs) * count}.")
    return [_seeded(job, count) for job in jobs]


def _seeded(job: Job, count: int) -> Job:
    first = job.plan.seeds[0].number
    seeds = tuple(Seed(number=(first + place) % (LARGEST_SEED + 1)) for place in range(count))
    return replace(job, plan=job.plan.model_copy(update={"seeds": seeds}))


def _whole(seen: Seen) -> Seen:
    """Before white: what is transparent is not a mask here."""
    import numpy as np

    from sfumato.studio.given import on_white

    opaque = np.full((*seen.pixels.shape[:2], 1), 255, np.uint8)
    return seen._replace(pixels=np.concatenate([on_white(seen.pixels), opaque], axis=2))


def _mask(text: str, invert: bool, picture: Seen) -> Seen:
    """A mask that is white, or with `invert` black, where the picture is painted anew: transparent there."""
    import numpy as np
    from PIL import Image

    seen = look_at(from_text(text, "mask"))
    height, width = picture.pixels.shape[:2]
    grey = Image.fromarray(_whole(seen).pixels).convert("L").resize((width, height), Image.Resampling.NEAREST)
    values = np.asarray(grey)
    alpha = values if invert else 255 - values
    return seen._replace(pixels=np.dstack([values] * 3 + [alpha]))
