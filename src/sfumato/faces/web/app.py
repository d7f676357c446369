"""The application: all routes around one store and one studio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import NamedTuple

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from sfumato import __version__
from sfumato.faces.mcp.mounted import Mounted
from sfumato.faces.mj.app import mj_app
from sfumato.faces.mj.errors import answer as mj_answer
from sfumato.faces.mj.hooks import Hooks
from sfumato.faces.openai.app import openai_app
from sfumato.faces.openai.errors import answer as openai_answer
from sfumato.faces.sdapi.app import sdapi_app
from sfumato.faces.sdapi.errors import answer as sdapi_answer
from sfumato.faces.web import (
    about,
    batches,
    boards,
    describe,
    edits,
    events,
    imports,
    jobs,
    many,
    models,
    parameters,
    parse,
    people,
    pictures,
    session,
    trash,
    uploads,
)
from sfumato.faces.web.errors import Refusal, add_errors, answers
from sfumato.faces.web.fetching import Fetcher
from sfumato.faces.web.guard import Guard
from sfumato.faces.web.page import page_router
from sfumato.faces.web.rates import Rates
from sfumato.faces.web.server import Server
from sfumato.studio import Studio
from sfumato.studio.store import Store

SHAPES: Mapping[str, Callable[[Refusal], Response]] = MappingProxyType(
    {"/v1/": openai_answer, "/sdapi/": sdapi_answer, "/mj/": mj_answer}
)
"""How refusals look below these paths."""
ABOUT = """The studio over HTTP. Prompts are Midjourney's; every job and picture can be followed live.

Programs send `Authorization: Bearer KEY`, browsers sign in once by
POST /api/session. A server on its owner's machine to which nobody has a key takes none."""


class Reach(NamedTuple):
    """How far a server goes.

    fetch          what stands at an address; None where it fetches nothing
    most_requests  that a person may send a minute
    tell           sends news to addresses; None where it sends nothing
    """

    fetch: Callable[[str], bytes] | None = None
    most_requests: int | None = None
    tell: Fetcher | None = None


HERE = Reach()


def app_of(
    store: Store, studio: Studio, wake: Callable[[], None], loopback: bool = True, reach: Reach = HERE
) -> FastAPI:
    """The application.

    wake      called when there may be something to do for who works on the jobs
    loopback  whether it listens on this machine alone: then nobody needs a key as long as nobody has one,
              and pages of other sites are kept out
    reach     what it fetches from elsewhere, and how often people may ask
    """
    app = FastAPI(
        title="Sfumato",
        version=__version__,
        description=ABOUT,
        lifespan=_lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # a page of them would load programs from elsewhere
        redoc_url=None,
        generate_unique_id_function=_name,
        responses=answers(),
    )
    rates = Rates(reach.most_requests)
    app.state.server = Server(store, studio, wake, loopback, fetch=reach.fetch, tell=reach.tell, rates=rates)
    app.state.hooks = Hooks(app.state.server)
    app.state.follower = events.Follower(store)
    app.state.attempts = session.Attempts()
    made = (jobs, batches, edits, uploads, imports, many, pictures, trash, describe, boards)
    for part in (*made, events, parse, parameters, session, people, models, about):
        app.include_router(part.router)
    app.include_router(page_router())
    add_errors(app)
    both = app.state.server, app.state.follower
    app.mount("/v1", openai_app(*both))
    app.mount("/sdapi/v1", sdapi_app(*both))
    app.mount("/mj", mj_app(*both))
    app.state.tools = Mounted(app, app.state.server)
    for path in ("/mcp", "/mcp/"):
        app.router.routes.append(Route(path, app.state.tools, include_in_schema=False))
    app.add_middleware(Guard, server=app.state.server, shapes=SHAPES)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.follower.start()
    app.state.hooks.start()
    try:
        yield
    finally:
        app.state.follower.end()
        await app.state.tools.close()
        await run_in_threadpool(app.state.follower.close)
        await run_in_threadpool(app.state.hooks.close)


def _name(route: APIRoute) -> str:
    """What a client made from the schema calls it."""
    part = route.tags[0] if route.tags else "api"
    return f"{part}_{route.name}"
