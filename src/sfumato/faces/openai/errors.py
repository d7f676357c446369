"""Refusals in the shape that OpenAI's clients know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from sfumato.faces.web.addresses import NotFetched
from sfumato.faces.web.errors import CODES, Refusal, refusal_of
from sfumato.faces.web.watching import Left
from sfumato.language import PromptError
from sfumato.models.family import UnknownModel
from sfumato.plan import PlanError
from sfumato.studio import Refused
from sfumato.studio.store import StoreError

INVALID = "invalid_request_error"
CLOSED = 499  # what logs show for a client that did not wait
UNMADE = "image_generation_user_error"  # it was understood, and cannot be made


class Kind(NamedTuple):
    """How a refusal is told here."""

    status: int
    type: str
    code: str
    param: str | None = None


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "bad_request": Kind(400, INVALID, "invalid_request"),
        "no_key": Kind(401, INVALID, "invalid_api_key"),
        "wrong_key": Kind(401, INVALID, "invalid_api_key"),
        "not_found": Kind(404, INVALID, "not_found"),
        "wrong_method": Kind(405, INVALID, "method_not_allowed"),
        "too_many_pixels": Kind(400, INVALID, "image_too_large", "image"),
        "invalid": Kind(400, INVALID, "invalid_value"),
        "prompt": Kind(400, INVALID, "invalid_value", "prompt"),
        "plan": Kind(400, UNMADE, "invalid_value"),
        "refused_prompt": Kind(400, UNMADE, "moderation_blocked", "prompt"),
        "withheld": Kind(400, UNMADE, "moderation_blocked"),
        "not_fetched": Kind(400, INVALID, "invalid_image_url", "image"),
        "refused": Kind(400, UNMADE, "unsupported_by_model"),
        "unknown_model": Kind(404, INVALID, "model_not_found", "model"),
        "missing_weights": Kind(404, INVALID, "model_not_found", "model"),
        "not_a_picture": Kind(400, INVALID, "invalid_image_file", "image"),
        "cancelled": Kind(400, UNMADE, "cancelled"),
        "failed": Kind(500, "server_error", "image_generation_failed"),
        "too_many_jobs": Kind(429, "requests", "rate_limit_exceeded"),
        "too_many_requests": Kind(429, "requests", "rate_limit_exceeded"),
        "too_many_pictures": Kind(429, "insufficient_quota", "insufficient_quota"),
        "defect": Kind(500, "server_error", "server_error"),
        "unavailable": Kind(503, "server_error", "unavailable"),
    }
)
PASSING = frozenset({"too_many_jobs", "too_many_requests", "unavailable"})  # asked again it may go well


class Wrong(Refusal):
    """A field that cannot be as it is, or is missing."""

    def __init__(self, param: str | None, message: str, code: str = "invalid_value") -> None:
        super().__init__("invalid", message)
        self.param, self.named = param, code


def told(refusal: Refusal) -> tuple[int, dict[str, Any]]:
    """The status of a refusal, and its body."""
    other = CODES.get(refusal.code)
    kind = KINDS.get(refusal.code) or Kind(other.status if other else 500, INVALID, refusal.code)
    param, code = kind.param, kind.code
    if isinstance(refusal, Wrong):
        param, code = refusal.param, refusal.named
    message = (
        f"{refusal.message} {refusal.hint}" if refusal.code == "invalid" and refusal.hint else refusal.message
    )
    error = {"message": message, "type": kind.type, "param": param, "code": code}
    if other:
        error["message_zh"] = other.chinese
    return kind.status, {"error": error}


def answer(refusal: Refusal) -> JSONResponse:
    """A refusal as a response. The clients ask three times where it is not said that this helps nothing."""
    status, body = told(refusal)
    headers = dict(refusal.headers or {})
    headers["x-should-retry"] = "true" if refusal.code in PASSING else "false"
    return JSONResponse(body, status, headers)


def refused(error: Exception) -> Refusal:
    """What the floors below raise, as a refusal. Raises the error itself where it is none of theirs."""
    if isinstance(error, UnknownModel):
        return Refusal("unknown_model", str(error))
    return refusal_of(error)


async def _nobody(_request: Request, _error: Exception) -> Response:
    return Response(status_code=CLOSED)


EXPECTED = (
    Refusal,
    RequestValidationError,
    HTTPException,
    PromptError,
    PlanError,
    Refused,
    UnknownModel,
    NotFetched,
    StoreError,
)


def add_errors(app: FastAPI, shape: Callable[[Refusal], Response] = answer) -> None:
    """Answer everything that can be wrong in one shape: this one, or that of another face."""

    async def refuse(_request: Request, error: Exception) -> Response:
        return shape(refused(error))

    async def defect(_request: Request, _error: Exception) -> Response:
        return shape(Refusal("defect", "The server has a defect: its log says where."))

    for kind in EXPECTED:
        app.add_exception_handler(kind, refuse)
    app.add_exception_handler(Left, _nobody)
    app.add_exception_handler(Exception, defect)
