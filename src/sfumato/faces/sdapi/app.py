"""The application below /sdapi/v1."""

from __future__ import annotations

from fastapi import FastAPI

from sfumato.faces.openai.errors import add_errors
from sfumato.faces.sdapi import extras, images, lists, options, progress
from sfumato.faces.sdapi.errors import answer
from sfumato.faces.web.events import Follower
from sfumato.faces.web.server import Server


def sdapi_app(server: Server, follower: Follower) -> FastAPI:
    """The routes over the same server; refusals have the web UI's shape."""
    app = FastAPI(title="Sfumato as sdapi", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.server, app.state.follower = server, follower
    for part in (images, extras, options, lists, progress):
        app.include_router(part.router)
    add_errors(app, answer)
    return app
