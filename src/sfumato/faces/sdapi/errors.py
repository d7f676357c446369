"""Refusals in the shape of the web UI."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from sfumato.faces.openai.errors import KINDS, Wrong
from sfumato.faces.web.errors import CODES, Refusal

INVALID = 422
STOPPED = 409


def answer(refusal: Refusal) -> JSONResponse:
    """`detail` is the sentence; who has no key is asked for a name and password."""
    known = CODES.get(refusal.code)
    status = known.status if known else KINDS[refusal.code].status if refusal.code in KINDS else INVALID
    message = f"{refusal.message} {refusal.hint}" if refusal.hint else refusal.message
    code = refusal.named if isinstance(refusal, Wrong) else refusal.code
    body = {"error": code, "detail": message, "body": "", "errors": message}
    headers = dict(refusal.headers or {})
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Sfumato: any name, your key as password"'
    return JSONResponse(body, STOPPED if refusal.code == "cancelled" else status, headers)
