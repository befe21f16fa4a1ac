"""WeCom (企业微信), always encrypted: https://developer.work.weixin.qq.com/document."""

import time
from collections.abc import Callable

from bot.channels.envelope import Envelope
from bot.channels.tencent import Conversation
from bot.channels.tencent_door import Door

CHANNEL = "wecom"
PATH = "/hooks/wecom"


def door(
    token: str, conversation: Conversation, envelope: Envelope, clock: Callable[[], float] = time.time
) -> Door:
    """The door of an agent."""
    return Door(PATH, token, conversation, envelope, clock, echo_sealed=True)
