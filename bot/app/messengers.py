"""The messengers, each a part of the service: on where its settings are there, refused where half are."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.app.answering import Yongwen
from bot.app.loading import load_knowledge
from bot.app.parts import Running, whole
from bot.config import Settings
from bot.errors import ChannelError, InputError, SettingsError

if TYPE_CHECKING:
    from bot.channels.envelope import Envelope
    from bot.channels.telegram import Webhook
    from bot.channels.tencent import TencentConversation
    from bot.channels.web import BaseRoute

    Routes = AsyncIterator[Sequence[BaseRoute]]

MENU = ("start", "help", "domains", "feedback", "forget", "privacy")
"""The commands that Telegram's menu shows, in this order."""


@asynccontextmanager
async def telegram(running: Running) -> "Routes":
    """Telegram by polling when a token is set, by webhook when its address is set too."""
    settings, yongwen = running.settings, running.yongwen
    webhook = _telegram_webhook(settings)
    if not settings.telegram_token:
        yield ()
        return
    from bot.channels import telegram
    from bot.channels import webhook as webhooks

    in_response = settings.telegram_reply == "response"
    if in_response:
        ours = telegram.channel_of(settings.telegram_token)
        yongwen.on_forget(lambda _, person: running.gate.forget_pace(f"{ours}/{person}"))
    setup = telegram.TelegramSetup(
        settings.telegram_token,
        yongwen.answer,
        running.inbox,
        commands=lambda: _commands(yongwen),
        glimpse=yongwen.glimpse,
        forget=partial(yongwen.forget, telegram.CHANNEL),
        webhook=webhook,
        pace=running.gate.pace if in_response else None,
        base_url=settings.telegram_api or None,
    )
    async with telegram.running(setup) as hooks:
        yield [webhooks.route(hook) for hook in hooks]


def _commands(yongwen: Yongwen) -> list[tuple[str, str]]:
    """The command menu in the words of the release that answers; an old one may lack some."""
    lookup = yongwen.knowledge.lookup
    known = [name for name in MENU if f"command-{name}" in lookup.replies]
    return [(name, lookup.say(f"command-{name}")) for name in known]


def _telegram_webhook(settings: Settings) -> "Webhook | None":
    """Where Telegram pushes to; None where the bot polls. SettingsError where the set is not whole."""
    url, secret = settings.telegram_webhook, settings.telegram_secret
    if not whole(settings, "telegram_webhook", "telegram_secret"):
        if settings.telegram_reply == "response":
            raise SettingsError("YONGWEN_TELEGRAM_REPLY: response needs YONGWEN_TELEGRAM_WEBHOOK")
        return None
    if not settings.telegram_token:
        raise SettingsError("YONGWEN_TELEGRAM_WEBHOOK: needs YONGWEN_TELEGRAM_TOKEN too")
    parts = urlsplit(url)
    # Telegram itself takes only https; a Bot API server of one's own also takes http.
    if parts.scheme not in (("https", "http") if settings.telegram_api else ("https",)) or not parts.netloc:
        raise SettingsError("YONGWEN_TELEGRAM_WEBHOOK: must be an https:// address that Telegram can reach")
    from bot.channels.telegram_webhook import PATH, Webhook

    return Webhook(url if parts.path.strip("/") else f"{url.rstrip('/')}{PATH}", secret)


@asynccontextmanager
async def wechat(running: Running) -> "Routes":
    """A WeChat Official Account; with an AES key it takes only what is encrypted."""
    settings = running.settings
    sealed = whole(settings, "wechat_aes_key", "wechat_app_id")
    if not settings.wechat_token:
        if sealed:
            raise SettingsError("YONGWEN_WECHAT_TOKEN: missing, and needed beside YONGWEN_WECHAT_AES_KEY")
        yield ()
        return
    from bot.channels import webhook, wechat

    envelope = _envelope("wechat_aes_key", settings, settings.wechat_app_id) if sealed else None
    account = wechat.account(settings.wechat_token, _conversation(running, wechat.CHANNEL), envelope)
    yield [webhook.route(account.hook)]


@asynccontextmanager
async def wecom(running: Running) -> "Routes":
    """An agent of a corporation on WeCom."""
    settings = running.settings
    if not whole(settings, "wecom_token", "wecom_aes_key", "wecom_corp_id"):
        yield ()
        return
    from bot.channels import webhook, wecom

    envelope = _envelope("wecom_aes_key", settings, settings.wecom_corp_id)
    account = wecom.account(settings.wecom_token, _conversation(running, wecom.CHANNEL), envelope)
    yield [webhook.route(account.hook)]


@asynccontextmanager
async def dingtalk(running: Running) -> "Routes":
    """A DingTalk robot, and its event callback where that is set too."""
    settings = running.settings
    events = whole(settings, "dingtalk_token", "dingtalk_aes_key", "dingtalk_app_key")
    if not settings.dingtalk_secret:
        if events:
            raise SettingsError("YONGWEN_DINGTALK_SECRET: missing, and needed beside YONGWEN_DINGTALK_TOKEN")
        yield ()
        return
    from bot.channels import dingtalk, webhook
    from bot.channels.inbox import at_work
    from bot.channels.rest import running_rest

    hooks = []
    if events:
        envelope = _envelope("dingtalk_aes_key", settings, settings.dingtalk_app_key)
        hooks.append(dingtalk.Events(settings.dingtalk_token, envelope).hook)
    async with running_rest() as rest:
        robot = dingtalk.DingTalkRobot(
            settings.dingtalk_secret, running.yongwen.answer, running.inbox, rest, settings.dingtalk_api
        )
        async with at_work(robot.worker):
            yield [webhook.route(hook) for hook in (*robot.hooks, *hooks)]


@asynccontextmanager
async def feishu(running: Running) -> "Routes":
    """A Feishu robot."""
    settings = running.settings
    if not whole(settings, "feishu_app_id", "feishu_app_secret", "feishu_encrypt_key", "feishu_token"):
        yield ()
        return
    from bot.channels import feishu, webhook
    from bot.channels.inbox import at_work
    from bot.channels.rest import running_rest

    app = feishu.App(
        settings.feishu_app_id,
        settings.feishu_app_secret,
        settings.feishu_encrypt_key,
        settings.feishu_token,
        settings.feishu_api,
    )
    async with running_rest() as rest:
        robot = feishu.FeishuRobot(app, running.yongwen.answer, running.inbox, rest)
        async with at_work(robot.worker):
            yield [webhook.route(hook) for hook in robot.hooks]


def _conversation(running: Running, channel: str) -> "TencentConversation":
    from bot.channels.tencent import TencentConversation, Words

    yongwen = running.yongwen

    def words() -> Words:
        lookup = yongwen.knowledge.lookup
        if not {"more", "more-words"} <= lookup.replies.keys():  # an old release
            return Words("", ())
        return Words(lookup.say("more"), tuple(lookup.say("more-words").split()))

    forget = partial(yongwen.forget, channel)
    conversation = TencentConversation(channel, yongwen.answer, running.inbox, forget, words)
    yongwen.on_forget(conversation.drop_pages)
    return conversation


def _envelope(key: str, settings: Settings, receiver: str) -> "Envelope":
    from bot.channels.envelope import Envelope

    try:
        return Envelope(getattr(settings, key), receiver)
    except ChannelError as error:
        raise SettingsError(f"YONGWEN_{key.upper()}: {error}") from error


async def menu(settings: Settings, channel: str) -> dict[str, Any]:
    """The menu of the ten domains as a channel's platform takes it. InputError where it has no menu."""
    from bot.channels import wechat, wecom

    if channel not in (wechat.CHANNEL, wecom.CHANNEL):
        raise InputError(f"{channel}: has no menu; known: {wechat.CHANNEL}, {wecom.CHANNEL}")
    lookup = (await load_knowledge(settings)).lookup
    names = [domain.name for domain in lookup.domains.values()]
    return wechat.menu(names, lookup.say("menu-titles").split())
