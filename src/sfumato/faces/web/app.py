"""The application: all routes around one store and one studio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from sfumato import __version__
from sfumato.faces.openai.app import openai_app
from sfumato.faces.openai.errors import answer as openai_answer
from sfumato.faces.web import (
    about,
    batches,
    boards,
    describe,
    edits,
    events,
    imports,
    jobs,
    models,
    parse,
    pictures,
    session,
    trash,
    uploads,
)
from sfumato.faces.web.errors import add_errors, answers
from sfumato.faces.web.guard import Guard
from sfumato.faces.web.page import page_router
from sfumato.faces.web.server import Server
from sfumato.studio import Studio
from sfumato.studio.store import Store

ABOUT = """The studio over HTTP. Prompts are Midjourney's; every job and picture can be followed live.

Programs send `Authorization: Bearer KEY`, browsers sign in once by
POST /api/session. A server on its owner's machine to which nobody has a key takes none."""


def app_of(store: Store, studio: Studio, wake: Callable[[], None], loopback: bool = True) -> FastAPI:
    """The application.

    wake      called when there may be something to do for who works on the jobs
    loopback  whether it listens on this machine alone: then nobody needs a key as long as nobody has one,
              and pages of other sites are kept out
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
    app.state.server = Server(store, studio, wake, loopback)
    app.state.follower = events.Follower(store)
    app.state.attempts = session.Attempts()
    made = (jobs, batches, edits, uploads, imports, pictures, trash, describe, boards)
    for part in (*made, events, parse, session, models, about):
        app.include_router(part.router)
    app.include_router(page_router())
    add_errors(app)
    app.mount("/v1", openai_app(app.state.server, app.state.follower))
    app.add_middleware(Guard, server=app.state.server, shapes={"/v1/": openai_answer})
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.follower.start()
    try:
        yield
    finally:
        app.state.follower.end()
        await run_in_threadpool(app.state.follower.close)


def _name(route: APIRoute) -> str:
    """What a client made from the schema calls it."""
    part = route.tags[0] if route.tags else "api"
    return f"{part}_{route.name}"
