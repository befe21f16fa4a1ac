"""WeChat Official Account: https://developers.weixin.qq.com/doc/offiaccount, plain and AES mode."""

import time
from collections.abc import Callable
from typing import Any

from bot.channels.envelope import Envelope
from bot.channels.tencent import TencentConversation
from bot.channels.tencent_account import TencentAccount

CHANNEL = "wechat"
PATH = "/hooks/wechat"
_MOST_KEYS, _MOST_SUB_KEYS = 3, 5


def account(
    token: str,
    conversation: TencentConversation,
    envelope: Envelope | None = None,
    clock: Callable[[], float] = time.time,
) -> TencentAccount:
    """An account; with an `envelope` in the encrypted mode."""
    return TencentAccount(PATH, token, conversation, envelope, clock)


def menu(names: list[str], titles: list[str]) -> dict[str, Any]:
    """The menu as the platform takes it: at most three keys, five below each. Pressing one says its name.

    `names` are put below the `titles` as evenly as they go, four domains or fewer below each of three.
    """
    rows = min(len(titles), _MOST_KEYS)
    size = -(-len(names) // rows)
    if size > _MOST_SUB_KEYS:
        raise ValueError(f"{len(names)} names do not fit a menu of {rows} keys")
    groups = [names[i : i + size] for i in range(0, len(names), size)]
    return {
        "button": [
            {"name": title, "sub_button": [{"type": "click", "name": n, "key": n} for n in group]}
            for title, group in zip(titles, groups, strict=False)
        ]
    }
