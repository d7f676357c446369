"""What a submission is answered with: a code, and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi.responses import JSONResponse

from sfumato.faces.openai.errors import KINDS
from sfumato.faces.web.errors import CODES, Refusal

SUBMITTED, NOT_FOUND, INVALID, FAILED = 1, 3, 4, 9
EXISTS, IN_QUEUE, REJECTED, BANNED = 21, 22, 23, 24
BANNED_AS = "refused_prompt"
OF_CODE: Mapping[str, int] = MappingProxyType(
    {
        "not_found": NOT_FOUND,
        "too_many_jobs": REJECTED,
        "too_many_pictures": REJECTED,
        "defect": FAILED,
        "unavailable": FAILED,
        "disk_full": FAILED,
        "no_room": FAILED,
    }
)
UNDERSTOOD = frozenset({400, 409, 422, 429})  # these clients read the code of an answer with status 200 alone


def answer(refusal: Refusal) -> JSONResponse:
    """A refusal as these clients read it: a code, and a status only where it is about the request itself."""
    if refusal.code == BANNED_AS:
        return JSONResponse(banned(refusal))
    known = CODES.get(refusal.code)
    kind = KINDS.get(refusal.code)
    status = known.status if known else kind.status if kind else 422
    code = OF_CODE.get(refusal.code, INVALID)
    message = f"{refusal.message} {refusal.hint}" if refusal.hint else refusal.message
    body = said(code, message, message_zh=known.chinese if known else message)
    headers = dict(refusal.headers or {})
    if status in UNDERSTOOD:
        return JSONResponse(body, 200, headers)
    return JSONResponse({**body, "message": message}, status, headers)  # what clients show of a failure


def banned(refusal: Refusal) -> dict[str, Any]:
    """A prompt that the policy refuses."""
    category = (refusal.hint or "").partition(":")[0]
    return said(BANNED, "banned_prompt_detected", message=refusal.message, category=category)


def said(code: int, description: str, result: Any = None, **properties: Any) -> dict[str, Any]:
    """An answer to a submission."""
    return {"code": code, "description": description, "result": result, "properties": properties}
