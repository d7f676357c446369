"""What a request is refused with: one shape, in two languages, for everything that can be wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from sfumato.faces.chinese import chinese
from sfumato.faces.web.addresses import NotFetched
from sfumato.language import PromptError
from sfumato.models.family import UnknownModel
from sfumato.plan import PlanError
from sfumato.studio import Refused, RefusedPrompt
from sfumato.studio.store import Conflict, IllegalMove, NotThere, OverQuota, Unavailable


class Code(NamedTuple):
    """The status of a refusal, and what it is called where Chinese is read."""

    status: int
    chinese: str


CODES: Mapping[str, Code] = MappingProxyType(
    {
        "bad_request": Code(400, "请求无法读取。"),
        "refused_prompt": Code(400, "提示词包含不允许的内容，任务未被接受。"),
        "withheld": Code(400, "图片画完后没有通过安全模型的检查，已被扣留。"),
        "not_fetched": Code(400, "无法从该网址获取图片。"),
        "no_key": Code(401, "需要密钥：网页请先登录，程序请在请求头中写 Authorization: Bearer 密钥。"),
        "wrong_key": Code(401, "没有人使用这个密钥。"),
        "not_allowed": Code(403, "您的角色不允许这样做。"),
        "too_many_tries": Code(429, "输错密钥的次数过多，请稍后再试。"),
        "other_origin": Code(403, "来自其他网站页面的请求被拒绝。"),
        "other_host": Code(403, "请求所写的主机名不是本服务器。"),
        "not_found": Code(404, "没有这个内容，或者它属于别人。"),
        "wrong_method": Code(405, "这个地址不接受该方法。"),
        "conflict": Code(409, "与已保存的内容冲突。"),
        "illegal_move": Code(409, "任务在当前状态下不能这样做。"),
        "too_large": Code(413, "请求内容过大。"),
        "too_many_pixels": Code(413, "图片像素过多，请先缩小。"),
        "invalid": Code(422, "请求中的某个值不符合要求。"),
        "prompt": Code(422, "提示词无法读取。"),
        "plan": Code(422, "无法按此要求制作图片。"),
        "refused": Code(422, "这个模型做不到所要求的内容。"),
        "unknown_model": Code(422, "没有这个模型。"),
        "missing_weights": Code(422, "这个模型的权重不在本机上。"),
        "no_words": Code(422, "图片中没有提示词：请写出要画的内容。"),
        "not_a_picture": Code(422, "这不是可以读取的图片。"),
        "too_many_jobs": Code(429, "您等待中的任务已达上限。"),
        "too_many_requests": Code(429, "您的请求过于频繁，请稍后再试。"),
        "too_many_pictures": Code(429, "您今天的图片数量已达上限。"),
        "defect": Code(500, "服务器内部错误。"),
        "unavailable": Code(503, "数据库或磁盘暂时不可用，请稍后再试。"),
        "disk_full": Code(507, "磁盘已满。"),
        "no_room": Code(507, "您的存储空间已用完。"),
    }
)


class Told(BaseModel):
    """What is wrong. `code` is for programs, the sentences are for people."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["There is no such job."])
    message_zh: str = Field(examples=["没有这个内容，或者它属于别人。"])
    hint: str | None = Field(default=None, description="what to do about it, or the place it is about")


class Wrong(BaseModel):
    """Every answer that is not a success."""

    error: Told


class Refusal(Exception):
    """Ends a request with one of CODES.

    parts  the sentences that the message is put together from, where they are several
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
        parts: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.headers = code, message, hint, headers
        self.parts = tuple(parts) or (message,)

    @property
    def chinese(self) -> str:
        """The message in Chinese: what its code is called where it is none of our sentences."""
        said = [chinese(part) for part in self.parts]
        if None not in said:
            return "".join(filter(None, said))
        own = CODES[self.code].chinese
        return f"{own} {self.message}" if self.code in DETAILED else own


DETAILED = frozenset({"prompt", "plan", "refused", "invalid", "unknown_model"})
"""What is no use without its own words, in whatever language they are."""

RETRY_AFTER: Mapping[str, str] = MappingProxyType({"jobs": "30", "pictures": "3600"})  # seconds
OF_STATUS: Mapping[int, str] = MappingProxyType(
    {404: "not_found", 405: "wrong_method", 413: "too_large", 403: "not_allowed", 401: "no_key"}
)
SAID: Mapping[int, str] = MappingProxyType(
    {
        400: "It cannot be read.",
        401: "A key is needed.",
        403: "This person, or this page, may not.",
        404: "There is no such thing, or it is another person's.",
        409: "It contradicts what is kept.",
        413: "It is too large.",
        422: "A value cannot be; the hint says which.",
        429: "A quota or a rate is used up, or there were too many wrong keys; see Retry-After.",
        503: "The database or the disk does not answer.",
        507: "There is no room left.",
    }
)
"""What every route may answer beside what it promises."""


def answers() -> dict[int | str, dict[str, Any]]:
    """SAID as the schema has it."""
    return {status: {"model": Wrong, "description": said} for status, said in SAID.items()}


def answer(refusal: Refusal) -> JSONResponse:
    """A refusal as a response."""
    code = CODES[refusal.code]
    told = Told(
        code=refusal.code, message=refusal.message, message_zh=refusal.chinese, hint=refusal.hint or None
    )
    body = Wrong(error=told).model_dump(exclude_none=True)
    return JSONResponse(body, code.status, dict(refusal.headers or {}))


def refusal_of(error: Exception) -> Refusal:
    """What the floors below raise, as a refusal. Raises the error itself where it is none of theirs."""
    match error:
        case Refusal():
            return error
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            code = OF_STATUS.get(error.status_code, "bad_request")
            return Refusal(code, f"{error.detail}.".replace("..", "."), headers=error.headers)
        case PromptError():
            said = [own.message for own in error.problems]
            return Refusal("prompt", " ".join(said), str(error), parts=said)
        case PlanError():
            return Refusal("plan", str(error))
        case RefusedPrompt():
            return Refusal("refused_prompt", str(error), f"{error.category.name}: {error.category.title_zh}")
        case NotFetched():
            return Refusal("not_fetched", str(error))
        case Refused():
            return Refusal("refused", str(error), parts=str(error).splitlines())
        case UnknownModel():
            return Refusal("unknown_model", str(error))
        case NotThere():
            return Refusal("not_found", str(error))
        case OverQuota():
            wait = {"Retry-After": RETRY_AFTER[error.kind]}
            return Refusal(f"too_many_{error.kind}", str(error), None, wait)
        case Conflict():
            return Refusal("conflict", str(error))
        case IllegalMove():
            return Refusal("illegal_move", str(error))
        case Unavailable():
            full = "disk is full" in str(error)
            return Refusal("disk_full" if full else "unavailable", _without_place(error))
    raise error


def _without_place(error: Unavailable) -> str:
    """The advice alone: what the database said names folders of this machine."""
    return f"{str(error).partition(' (')[0]}." if " (" in str(error) else str(error)


def _invalid(error: RequestValidationError) -> Refusal:
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Refusal("bad_request", "The body is not JSON that can be read.")
    places = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:8]]
    return Refusal("invalid", "The request has a value that cannot be.", "; ".join(places))


async def _refuse(_request: Request, error: Exception) -> JSONResponse:
    return answer(refusal_of(error))


async def _defect(_request: Request, _error: Exception) -> JSONResponse:
    return answer(Refusal("defect", "The server has a defect: its log says where."))


def add_errors(app: FastAPI) -> None:
    """Answer everything that can be wrong in the one shape."""
    kinds = (Refusal, RequestValidationError, HTTPException, PromptError, PlanError, Refused)
    for kind in (*kinds, UnknownModel, NotFetched, NotThere, OverQuota, Conflict, IllegalMove, Unavailable):
        app.add_exception_handler(kind, _refuse)
    app.add_exception_handler(Exception, _defect)
