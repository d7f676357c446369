"""From a submission to jobs, through the way that prompts and edits take anyway."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from sfumato.faces.mj.buttons import Pressed
from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.forms import Asked, read_form
from sfumato.faces.openai.making import Order, edited, imagined
from sfumato.faces.openai.seen import Raw, Seen, from_text, look_at, look_at_all
from sfumato.faces.web.edits import drafted
from sfumato.faces.web.forms import EditAsked, From
from sfumato.faces.web.server import Server
from sfumato.language import Parameters, Prompt
from sfumato.plan import Blend, Edit, Region, Zoom
from sfumato.plan.seed import grid_seeds, random_seed
from sfumato.studio import Given, Job
from sfumato.studio.given import given
from sfumato.studio.store import Person
from sfumato.studio.words import read_words

ZOOM = re.compile(r"--zoom\s+(\d+(?:\.\d+)?)", re.A)
SHAPES = (("PORTRAIT", (2, 3)), ("SQUARE", (1, 1)), ("LANDSCAPE", (3, 2)))


def of_words(server: Server, prompt: str, base64: Sequence[str] = ()) -> list[Job]:
    """The jobs of a prompt, and of pictures to go by. Raises Refusal."""
    return _of_words(server, prompt, [from_text(own, "base64Array") for own in base64])


def of_picture(server: Server, prompt: str, picture: Raw) -> list[Job]:
    """The jobs of a picture painted again by words. Raises Refusal."""
    return _of_words(server, prompt, [picture])


def _of_words(server: Server, prompt: str, pictures: Sequence[Raw]) -> list[Job]:
    count = server.studio.family.defaults().pictures
    said = read_form(Asked, {"prompt": prompt, "n": min(10, count)})
    if not pictures:
        return imagined(server, Order(said))
    return edited(server, Order(said, _opaque(pictures)))


def of_pictures(server: Server, base64: Sequence[str], dimensions: str) -> list[Job]:
    """The job of a blend. Raises Refusal."""
    prompt = Prompt(parameters=Parameters(aspect=dict(SHAPES)[dimensions]))
    pictures = [from_text(own, "base64Array") for own in base64]
    return [server.studio.edit(Blend(), [own.start for own in _opaque(pictures)], prompt)]


def _opaque(pictures: Sequence[Raw]) -> list[Seen]:
    """The pictures before white: what is transparent is not painted anew here."""
    import numpy as np

    from sfumato.studio.given import on_white

    seen = look_at_all(pictures)
    alpha = [np.full((*own.pixels.shape[:2], 1), 255, np.uint8) for own in seen]
    pairs = zip(seen, alpha, strict=True)
    return [own._replace(pixels=np.concatenate([on_white(own.pixels), full], axis=2)) for own, full in pairs]


def of_edit(server: Server, me: Person, edit: Edit, pressed: Pressed, words: str = "") -> list[Job]:
    """The jobs of an edit of one picture, by its own words where none are said. Raises Refusal, NotThere."""
    asked = EditAsked(edit=edit, sources=[From(picture=pressed.picture)], words=words or None)
    return drafted(asked, server, me)


def of_zoom(server: Server, me: Person, pressed: Pressed, words: str) -> list[Job]:
    """The jobs of a zoom whose factor stands in the words, as `--zoom 1.8`."""
    found = ZOOM.search(words)
    factor = float(found[1]) if found else 2.0
    if not 1 <= factor <= 8:
        raise Wrong("prompt", f"--zoom takes 1 to 8, not {factor:g}.")
    return of_edit(server, me, Zoom(factor=factor), pressed, ZOOM.sub("", words).strip())


def of_region(server: Server, me: Person, pressed: Pressed, mask: str, words: str) -> list[Job]:
    """The jobs of a region: transparent in the mask, or, in one that is nowhere so, white."""
    asked = EditAsked(edit=Region(), sources=[From(picture=pressed.picture)], words=words or None)
    return drafted(asked, server, me, [_mask(look_at(from_text(mask, "maskBase64")))])


def _mask(seen: Seen) -> Given:
    return seen.holes or given("mask", seen.pixels[..., :3])


def again(server: Server, me: Person, job: str) -> list[Job]:
    """The same plan with other seeds. Raises NotThere."""
    jobs = server.store.jobs
    old = jobs.job(jobs.get(job, me.id))
    seeds = grid_seeds(len(old.plan.seeds), random_seed(), same=False)
    plan = old.plan.model_copy(update={"seeds": seeds, "prompt": _without_seed(old.plan.prompt)})
    return [replace(old, plan=plan, id=str(uuid4()))]


def _without_seed(text: str) -> str:
    if not text:
        return text
    prompt = read_words(text).prompts[0]
    return str(replace(prompt, parameters=replace(prompt.parameters, seed=None, sameseed=None)))
