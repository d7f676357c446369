"""From a request to jobs: what OpenAI's fields mean in our language, plans and edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from math import gcd

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.forms import Asked, Look
from sfumato.faces.openai.models import drawing
from sfumato.faces.openai.seen import Seen, mask_of
from sfumato.faces.openai.sizes import aspect_of, read_size
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Server
from sfumato.language import Parameters, Prompt, parse
from sfumato.plan import Blend, Edit, Region, Restyle, Vary
from sfumato.plan.seed import grid_seeds
from sfumato.studio import Given, Job, Studio, Wishes
from sfumato.studio.words import read_words

MOST = 40  # pictures of one request
STEPS = (("low", 0.5), ("high", 2.0), ("xhigh", 3.0), ("max", 4.0), ("hd", 2.0))  # times the model's own
FAITHFUL = 0.45  # how much a picture is painted over where it is to be kept well
VIVID = 250  # as --stylize


@dataclass(frozen=True)
class Order:
    """What is wanted, and the pictures it is about.

    before  what was said earlier in the same conversation
    """

    asked: Asked
    pictures: Sequence[Seen] = ()
    mask: Seen | None = None
    before: Prompt | None = None


def imagined(server: Server, order: Order) -> list[Job]:
    """The jobs of a prompt: one for each permutation and repetition, of n pictures each. Raises Refusal."""
    asked, studio = order.asked, _studio(server, order.asked)
    size, said = read_size(asked.size), _said(asked)
    if size is not None:
        said = replace(said, aspect=said.aspect or aspect_of(size, studio.family.defaults().maximum_aspect))
    jobs = []
    for prompt, notes in _prompts(order, said):
        jobs += studio.imagine(prompt, _wishes(asked), notes)
    return numbered(jobs, asked.n)


def edited(server: Server, order: Order) -> list[Job]:
    """The jobs of an edit. Raises Refusal.

    With a mask, or places of the first picture that are transparent, these are painted anew. Otherwise a
    model that reads references gets all pictures so; others paint the one again, or begin from the mean of
    several.
    """
    asked, studio = order.asked, _studio(server, order.asked)
    read_size(asked.size)  # the answer is fitted to it: see answers.py
    mask = mask_of(order.mask) if order.mask else order.pictures[0].holes
    starts = [own.start for own in order.pictures]
    refers = "reference" in studio.family.accepts
    follows = refers and mask is None and asked.strength is None  # a picture and what is to change of it
    said, jobs = _said(asked), []
    for prompt, notes in _prompts(replace(order, before=None) if follows else order, said):
        if follows:
            shown = _shaped(prompt, starts[0])
            jobs += studio.imagine(shown, _wishes(asked, _references(starts)), notes)
        elif mask is not None and len(starts) > 1 and refers:
            wishes = _wishes(asked, _references(starts[1:]))
            jobs.append(studio.edit(Region(), [starts[0], mask], prompt, wishes))
        else:
            edit, sources = _edit(asked, starts, mask)
            shown = _shaped(prompt, starts[0]) if len(starts) > 1 else prompt
            jobs.append(studio.edit(edit, sources, shown, _wishes(asked)))
    return numbered(jobs, asked.n)


def varied(server: Server, asked: Asked, picture: Seen) -> list[Job]:
    """The job of pictures like one, by the words it carries. Raises Refusal."""
    read_size(asked.size)
    said = _merged(_said(asked), picture.prompt.parameters)
    prompt = replace(picture.prompt, parameters=said)
    return numbered([_studio(server, asked).edit(Vary(), [picture.start], prompt, _wishes(asked))], asked.n)


def shape_is_said(asked: Asked) -> bool:
    """Whether the prompt, or a field of ours, names an aspect ratio."""
    texts = (asked.prompt, f"picture {asked.parameters}")
    return any(own.parameters.aspect for text in texts for own in parse(text).prompts)


def numbered(jobs: Sequence[Job], n: int) -> list[Job]:
    """The jobs with n pictures each, whatever number the model makes by itself. Raises Refusal for too
    many."""
    if len(jobs) * n > MOST:
        raise Refusal(
            "plan", f"A request makes at most {MOST} pictures, and this makes {len(jobs)} times {n}."
        )
    return [_with(job, n) for job in jobs]


def _with(job: Job, n: int) -> Job:
    first, *others = job.plan.seeds
    own = grid_seeds(n, first.number, same=first in others)
    return replace(job, plan=job.plan.model_copy(update={"seeds": own}))


def _edit(asked: Asked, starts: list[Given], mask: Given | None) -> tuple[Edit, list[Given]]:
    if mask is not None:
        if len(starts) > 1:
            raise Wrong("image", "With a mask this model takes one picture: it reads no others beside it.")
        return Region(), [starts[0], mask]
    if len(starts) > 1:
        return Blend(), starts
    faithful = FAITHFUL if asked.input_fidelity == "high" else Restyle().strength
    return Restyle(strength=faithful if asked.strength is None else asked.strength), starts


def _references(pictures: Sequence[Given]) -> tuple[Given, ...]:
    return tuple(replace(own, input=own.input.model_copy(update={"role": "reference"})) for own in pictures)


def _shaped(prompt: Prompt, picture: Given) -> Prompt:
    """The prompt in the picture's shape, where it asks for none."""
    _, height, width = picture.pixels.shape
    common = gcd(width, height)
    own = Parameters(aspect=(width // common, height // common))
    return replace(prompt, parameters=_merged(prompt.parameters, own))


def _studio(server: Server, asked: Asked) -> Studio:
    studio = drawing(server, asked.model)
    family = studio.family
    if missing := family.missing():
        names = ", ".join(path.name for path in missing)
        raise Refusal("missing_weights", f"The weights of {family.name} are not on this machine: {names}.")
    if asked.background == "transparent":
        raise Wrong(
            "background", f"{family.name} paints opaque pictures: leave out the transparent background."
        )
    return studio


def _wishes(asked: Asked, given: tuple[Given, ...] = ()) -> Wishes:
    return Wishes(given, asked.negative_prompt, asked.knobs)


def _prompts(order: Order, said: Parameters) -> Iterator[tuple[Prompt, tuple[str, ...]]]:
    """Each permutation with what was said elsewhere; what stands in the prompt counts first."""
    reading = read_words(order.asked.words)
    for prompt in reading.prompts:
        parameters = _merged(prompt.parameters, said)
        prompt = replace(prompt, parameters=parameters)
        yield prompt if order.before is None else going_on(order.before, prompt), reading.notes


def going_on(before: Prompt, prompt: Prompt) -> Prompt:
    """What was said before and what is said now as one prompt: shape and style stay, the seed does not."""
    if len(before.parts) == len(prompt.parts) == 1:
        first, second = before.parts[0], prompt.parts[0]
        parts = (replace(second, content=f"{first.content}, {second.content}"),)
    else:
        parts = (*before.parts, *prompt.parts)
    kept = replace(before.parameters, seed=None, sameseed=None, repeat=None)
    return replace(prompt, parts=parts, parameters=_merged(prompt.parameters, kept))


def _said(asked: Look) -> Parameters:
    """What fields say that are parameters of the language; ours before OpenAI's. Raises PromptError."""
    own = read_words(f"picture {asked.parameters}").prompts[0].parameters
    style = asked.style if isinstance(asked, Asked) else None
    theirs = Parameters(
        quality=dict(STEPS).get(asked.quality),
        stylize=VIVID if style == "vivid" else None,
        raw=style == "natural",
    )
    return _merged(own, theirs)


def _merged(first: Parameters, then: Parameters) -> Parameters:
    """What the first says, and where it says nothing what the second says."""
    plain = Parameters()
    names = [own.name for own in fields(Parameters)]
    said = {name: getattr(first, name) for name in names if getattr(first, name) != getattr(plain, name)}
    return replace(then, **said)
