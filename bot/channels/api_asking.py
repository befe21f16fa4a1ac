"""The API's operations that talk: ask, give feedback, forget."""

from typing import Annotated, Any, TypeVar

from fastapi import Path, Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.channels.api_models import SESSION, Ask, Feedback
from bot.channels.api_shell import WAIT, too_often
from bot.channels.base import CLOSED, Alarm, Forget, Judge
from bot.channels.problems import RequestRefusedError, faults, missing, problem
from bot.channels.web_guard import read_text
from bot.messages import Answer, Message, as_data

CHANNEL = "api"
_JSON = TypeAdapter(dict[str, Any])
_PRIVATE = {"Cache-Control": "no-store"}
SessionName = Annotated[
    str, Path(pattern=SESSION, description="As it was asked with", examples=["a-name-nobody-guesses"])
]
_Body = TypeVar("_Body", bound=BaseModel)


class Asking:
    """Reads the bodies itself: what FastAPI would add to each question costs as much as the answer."""

    def __init__(self, answer: Answer, alarm: Alarm, judge: Judge, forget: Forget) -> None:
        self._answer = answer
        self._alarm = alarm
        self._judge = judge
        self._forget = forget

    async def ask(self, request: Request) -> Response:
        """Answer a question. Without `session` it stands by itself; with one it may follow up.

        A cry for help is answered over the quota too.
        """
        asked = await _read(request, Ask)
        session = _named(request, asked.session) if asked.session else ""
        message = Message(asked.text, session, CHANNEL, session)
        wait = request.scope.get(WAIT, 0)
        reply = await self._alarm(message) if wait else await self._answer(message)
        if reply is None or reply.wait:
            return too_often(reply.wait if reply else wait)
        if reply.topic == CLOSED:
            return problem(503)
        body = _JSON.dump_json(as_data(asked.text, reply))
        return Response(body, headers=_PRIVATE, media_type="application/json")

    async def feedback(self, request: Request) -> Response:
        """Say that an answer was right or wrong; a later verdict replaces an earlier one."""
        given = await _read(request, Feedback)
        if not await self._judge(given.answer_id, given.verdict, given.comment):
            return missing("answer", "body/answer_id", given.answer_id)
        return Response(status_code=204, headers=_PRIVATE)

    async def forget(self, request: Request, session: SessionName) -> Response:
        """Erase at once all that is kept of a session: its questions, feedback and state."""
        await self._forget(CHANNEL, _named(request, session))
        return Response(status_code=204, headers=_PRIVATE)


def _named(request: Request, session: str) -> str:
    """The session under the caller's name: callers cannot reach into each other's."""
    return f"{request.scope.get('caller', '')}:{session}"


async def _read(request: Request, shape: type[_Body]) -> _Body:
    """The JSON body. RequestRefusedError (400, 413, 415, 422) says what is wrong with it."""
    text = await read_text(request, "application/json")
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        broken = any(e["type"] == "json_invalid" for e in found)
        placed = [{**e, "loc": ("body", *e["loc"])} for e in found]
        raise RequestRefusedError(problem(400 if broken else 422, faults(placed))) from error
    except UnicodeEncodeError as error:
        raise HTTPException(400) from error
