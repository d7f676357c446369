"""The application below /mj."""

from __future__ import annotations

from fastapi import FastAPI

from sfumato.faces.mj import queries, submit
from sfumato.faces.mj.errors import answer
from sfumato.faces.openai.errors import add_errors
from sfumato.faces.web.events import Follower
from sfumato.faces.web.server import Server


def mj_app(server: Server, follower: Follower) -> FastAPI:
    """The routes over the same server; refusals are codes."""
    app = FastAPI(title="Sfumato as midjourney-proxy", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.server, app.state.follower = server, follower
    for part in (submit, queries):
        app.include_router(part.router)
    add_errors(app, answer)
    return app
