"""The application below /v1."""

from __future__ import annotations

from fastapi import FastAPI

from sfumato.faces.openai import images, models, responses, signed
from sfumato.faces.openai.errors import add_errors
from sfumato.faces.web.events import Follower
from sfumato.faces.web.server import Server


def openai_app(server: Server, follower: Follower) -> FastAPI:
    """OpenAI's routes over the same server; its refusals have OpenAI's shape."""
    app = FastAPI(title="Sfumato as OpenAI", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.server, app.state.follower = server, follower
    for part in (signed, images, models, responses):
        app.include_router(part.router)
    add_errors(app)
    return app
