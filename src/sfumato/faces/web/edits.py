"""Edits: what is done with pictures, by the one type of request that every face has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import EditAsked
from sfumato.faces.web.jobs import Jobs, Key, accepted
from sfumato.faces.web.server import Here, Maker, Server
from sfumato.faces.web.sources import given_of, path_of
from sfumato.language import Prompt, PromptError
from sfumato.models.family import Family
from sfumato.studio import Given, Job, Wishes, read_kept, words_for
from sfumato.studio.store import Person

router = APIRouter(prefix="/api", tags=["jobs"])


@router.post("/edits", status_code=201, summary="Vary, restyle, zoom, pan, enlarge, blend … pictures")
def edit(asked: EditAsked, request: Request, server: Here, me: Maker, key: Key = None) -> Jobs:
    """Accept a job for each permutation of the words, all of them or none."""

    return accepted(request, server, me, asked, key, lambda: drafted(asked, server, me))


def drafted(asked: EditAsked, server: Server, me: Person, more: Sequence[Given] = ()) -> list[Job]:
    """The jobs of an edit, not accepted yet. Raises as Studio.edit, and Refusal.

    more  pictures behind those that the request names
    """
    sources = [*(given_of(server, me, named) for named in asked.sources), *more]
    chosen = replace(server.studio, family=_model(asked, server, me))
    wishes = Wishes(negative=asked.negative, knobs=asked.turned)
    return [chosen.edit(asked.edit, sources, words, wishes) for words in _words(asked, server, me)]


def _model(asked: EditAsked, server: Server, me: Person) -> Family:
    """The one that was named, else what the settings name for this edit, else the one that made the first
    picture, where it is here."""
    if asked.model is not None:
        return server.model(asked.model)
    if server.studio.models is not None and (chosen := server.studio.models.editor(asked.edit)):
        return chosen
    try:
        maker = read_kept(path_of(server, me, asked.sources[0])).plan.family
    except (FileNotFoundError, ValueError):
        return server.studio.family
    return server.models.get(maker, server.studio.family)


def _words(asked: EditAsked, server: Server, me: Person) -> tuple[Prompt, ...]:
    try:
        return words_for(asked.edit, path_of(server, me, asked.sources[0]), asked.words)
    except PromptError:
        raise
    except ValueError:  # its sentence names a file of this machine
        raise Refusal(
            "no_words", "This picture carries no words of its own: say what is to be seen."
        ) from None
