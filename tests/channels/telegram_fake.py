"""Telegram without a network: a request that notes the calls, an answering function for all replies."""

import json
from pathlib import Path

from telegram import Update
from telegram.request import BaseRequest

from bot.channels.telegram import build_application
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
    "救命": Reply("请马上拨打 120。", "emergency", phones=("120",)),
    "长文": Reply("政策如下。" * 2000, "answered", buttons=(Button("公租房", "公租房"),)),
    "问句": Reply("真的吗\uff1f看 https://a.example/?q=1;b=2 吧\uff01他说“好。”" * 300, "answered"),
    "没有句号": Reply("👵" * 5000, "answered"),
    "长按钮": Reply("请选。", "clarify", buttons=(Button("长", "很长的名字" * 5),)),
    "": Reply("请用文字告诉我。", "unanswered"),
}


class Recorder(BaseRequest):
    """A request that notes every call and fails where told to: `faults[method] = (status, description)`."""

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
            status, description = self.faults[name]
            return status, json.dumps({"ok": False, "description": description}).encode()
        result = {"getMe": ME, "sendMessage": SENT, "editMessageText": SENT, "getUpdates": []}.get(name, True)
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def made(self, *names):
        return [(name, parameters) for name, parameters in self.calls if name in names]


class Bench:
    """The application with its network replaced, and what it asked the answering function."""

    def __init__(self):
        self.asked = []
        self.network = Recorder()
        self.application = build_application(
            TOKEN, self.answer, request=self.network, get_updates_request=self.network
        )

    async def answer(self, message: Message) -> Reply:
        self.asked.append(message)
        if message.text == "故障":
            raise ValueError("a fault of ours")
        return REPLIES.get(message.text, UNANSWERED)

    async def receive(self, name, text=None, data=None):
        await self.application.process_update(self.update(name, text, data))

    def update(self, name, text=None, data=None):
        update = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
        if text is not None:
            update["message"]["text"] = text
        if data is not None:
            update["callback_query"]["data"] = data
        return Update.de_json(update, self.application.bot)

    def sent(self):
        return [parameters for _, parameters in self.network.made("sendMessage")]
