"""Inline mode: @bot 养老 in any chat lists the services, each with its whole reply to post there."""

import hashlib
from typing import Any

from telegram import InlineQuery

from bot.channels.base import DOMAINS
from bot.channels.inbox import Call
from bot.channels.telegram_text import pieces
from bot.messages import Answer, Message, Reply

_MOST_ARTICLES = 20
_LONGEST_DESCRIPTION = 120
_CACHE_SECONDS = 300


async def inline_answer(query: InlineQuery, answer: Answer) -> Call:
    """The call that answers an inline query; nothing typed yet shows the domains."""
    articles = await _articles(query.query.strip() or DOMAINS, str(query.from_user.id), answer)
    data = {"inline_query_id": query.id, "results": articles, "cache_time": _CACHE_SECONDS}
    return {"method": "answerInlineQuery", "data": data}


async def _articles(text: str, person: str, answer: Answer) -> list[dict[str, Any]]:
    """The reply where it answers, else what its buttons would say."""
    reply = await answer(Message(text, "", "telegram", person))
    if reply.status in ("answered", "emergency"):
        return [article(_title(reply), reply)]
    offered = reply.buttons[:_MOST_ARTICLES] if reply.status != "unanswered" else ()
    replies = [(b.label, await answer(Message(b.text, "", "telegram", person))) for b in offered]
    return [article(label, found) for label, found in replies if found.status in ("answered", "clarify")]


def article(title: str, reply: Reply) -> dict[str, Any]:
    """One result: its title, what is below it, and the message it posts."""
    (piece, *_) = pieces(reply)
    data = piece.data()
    shown = {
        "type": "article",
        "id": hashlib.sha256(f"{title}\0{reply.text}".encode()).hexdigest()[:32],
        "title": title,
        "description": reply.text.partition("\n")[0][:_LONGEST_DESCRIPTION],
        "input_message_content": {
            "message_text": data["text"],
            "parse_mode": data["parse_mode"],
            "link_preview_options": data["link_preview_options"],
        },
    }
    return {**shown, "reply_markup": data["reply_markup"]} if "reply_markup" in data else shown


def _title(reply: Reply) -> str:
    return reply.matches[0].title if reply.matches else reply.text.partition("\n")[0]
