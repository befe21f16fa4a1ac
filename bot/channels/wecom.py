"""WeCom (企业微信), always encrypted: https://developer.work.weixin.qq.com/document."""

import time
from collections.abc import Callable

from bot.channels.envelope import Envelope
from bot.channels.tencent import TencentConversation
from bot.channels.tencent_account import TencentAccount

CHANNEL = "wecom"
PATH = "/hooks/wecom"


def account(
    token: str, conversation: TencentConversation, envelope: Envelope, clock: Callable[[], float] = time.time
) -> TencentAccount:
    """The account of an agent."""
    return TencentAccount(PATH, token, conversation, envelope, clock, echo_sealed=True)
