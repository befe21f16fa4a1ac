"""Telegram without a network: a request that notes the calls, an answering function for all replies."""

import json
from pathlib import Path

from telegram.request import BaseRequest

from bot.channels.inbox import DelayedError, UndeliverableError
from bot.channels.telegram import Telegram, TelegramSetup
from bot.channels.telegram_calls import Caller
from bot.channels.telegram_updates import Planner
from bot.messages import Button, Message, Reply

RECORDED = Path(__file__).parents[1] / "recorded" / "telegram"
TOKEN = "666000:made-up_token-made-up_token-made-up"
ME = {"id": 666, "is_bot": True, "first_name": "TestBot", "username": "TestNameBot"}
SENT = {"message_id": 900, "date": 1795400000, "chat": {"id": 1, "type": "private"}, "from": ME, "text": "."}
DOMAINS = ["善育", "优学", "健康", "颐养", "安居", "乐业", "文体", "救助", "优军", "法治"]

ANSWERED = Reply(
    "普惠托位:每千人 4.6 个 <3 岁 & 以下>。\n咨询 12320 或 12345。",
    "answered",
    buttons=(Button("婴幼儿照护", "婴幼儿照护"),),
    phones=("12345", "12320"),
)
CLARIFY = Reply(
    "您想了解哪一项?\n1. 公租房\n2. 共有产权住房(含人才)",
    "clarify",
    buttons=(Button("公租房", "公租房"), Button("共有产权住房(含人才)", "service:shared-ownership-housing")),
)
UNANSWERED = Reply("没有找到。", "unanswered", buttons=tuple(Button(d, d) for d in DOMAINS))
REPLIES = {
    "托班一个月多少钱": ANSWERED,
    "房子": CLARIFY,
    "/start": Reply("您好,我是甬问。", "smalltalk"),
    "养老": Reply(
        "您想看哪一条?", "clarify", buttons=(Button("居家养老", "居家养老"), Button("养老金", "养老金"))
    ),
    "居家养老": Reply("居家养老:请打 12345。", "answered", phones=("12345",)),
    "养老金": Reply("养老金:请打 12333。", "answered", phones=("12333",)),
    "公租房": Reply("公租房:请打 12345。", "answered", phones=("12345",)),
    "救命": Reply("请马上拨打 120。", "emergency", phones=("120",)),
    "长文": Reply("政策如下。" * 2000, "answered", buttons=(Button("公租房", "公租房"),)),
    "问句": Reply("真的吗\uff1f看 https://a.example/?q=1;b=2 吧\uff01他说“好。”" * 300, "answered"),
    "没有句号": Reply("👵" * 5000, "answered"),
    "长按钮": Reply("请选。", "clarify", buttons=(Button("长", "很长的名字" * 5),)),
    "": Reply("请用文字告诉我。", "unanswered"),
}


class Recorder(BaseRequest):
    """A request that notes every call failing where `faults[method] = (status, description, parameters)`."""

    def __init__(self):
        self.calls = []
        self.faults = {}

    @property
    def read_timeout(self):
        return 1.0

    async def initialize(self):
        pass

    async def shutdown(self):
        pass

    async def do_request(self, url, method, request_data=None, *timeouts, **named):
        name = url.rpartition("/")[2]
        parameters = request_data.parameters if request_data else {}
        self.calls.append((name, parameters))
        if name in self.faults:
            status, description, *parameters = self.faults[name]
            told = {"ok": False, "description": description, "parameters": (parameters or [None])[0]}
            return status, json.dumps(told).encode()
        result = {"getMe": ME, "sendMessage": SENT, "editMessageText": SENT, "getUpdates": []}.get(name, True)
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def made(self, *names):
        return [(name, parameters) for name, parameters in self.calls if name in names]


class Bench:
    """The bot with its network replaced, and what it asked the answering function."""

    def __init__(self, **settings):
        self.asked = []
        self.forgotten = []
        self.failed = []
        self.network = Recorder()
        setup = TelegramSetup(TOKEN, self.answer, None, self.forget, **settings)
        self.telegram = Telegram(setup, self.network, self.network)
        self.bot = self.telegram.bot
        self.planner = Planner(self.bot, self.answer, self.answer, self.forget, setup.patience)
        self.caller = Caller(self.bot, self.forget)

    async def answer(self, message: Message) -> Reply:
        self.asked.append(message)
        return REPLIES.get(message.text, UNANSWERED)

    async def forget(self, person):
        self.forgotten.append(person)

    async def receive(self, name, text=None, data=None, again=False, inline=None):
        """Plan and make what an update asks for, as the worker would; what fails is kept in `failed`."""
        for call in await self.planner.plan(self.update(name, text, data, inline)):
            try:
                await self.caller.make(call, again)
            except (DelayedError, UndeliverableError) as error:
                self.failed.append(error)

    def update(self, name, text=None, data=None, inline=None):
        update = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
        if text is not None:
            update["message"]["text"] = text
        if data is not None:
            update["callback_query"]["data"] = data
        if inline is not None:
            update["inline_query"]["query"] = inline
        return update

    def sent(self):
        return [parameters for _, parameters in self.network.made("sendMessage")]
