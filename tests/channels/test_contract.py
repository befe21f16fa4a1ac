"""The same answer everywhere: every kind of reply through every channel, and nothing of it lost.

`pytest -s tests/channels/test_contract.py` prints the table.
"""

import pytest
from contract import CHANNELS, Carried, lost

from bot.conversation.outcome import unknown
from bot.conversation.state import State
from bot.messages import Button, Match, Message, Reply

pytestmark = pytest.mark.anyio

ASKED = {
    "answer": ("新建的幼儿园", "answered"),
    "figures": ("低保一年多少钱", "answered"),
    "candidates": ("房子", "clarify"),
    "a domain": ("老有颐养", "clarify"),
    "several": ("低保多少钱 医保参保人数又是多少", "answered"),
    "urgent": ("家里着火了快来救命", "emergency"),
    "outside the plan": ("如何给吉他换弦", "unanswered"),
    "greeting": ("/start", "smalltalk"),
}
PHONES = ("12345", "0574-89188000", "+86 574 12345678")
LINK = "https://www.ningbo.gov.cn/a_b/c-d/index.html?x=1&y=%E4%BD%8E#z"
SPECIAL = f"""
<b>粗</b> <script>alert(1)</script> &amp; &lt; "双" '单' </code> <!-- --> {{{{ 7*7 }}}} {{% raw %}} <i> a<b>c
*星* _底_ __双底__ ~波~ `码` ``块`` [字](http://a.example/?q=1) ||藏|| # 井 > 引 - 减 + 加 = 等 | 竖 {{ 花 }}
]]> <![CDATA[x]]> <a href="weixin://bizmsgmenu?msgmenucontent=1">链</a> &#x41; %s %(x)s $& ${{x}} \\ 反 \\n
@_user_1 @all <at user_id="all"></at> <font color='red'>红</font> /命令 #话题 @名字 1. 2) 3、 --- *** ~~~
🙂👨‍👩‍👧 １２ Ａｂ 𠮷 ─ “引”《书》【题】（括）；！？ 打{PHONES[0]}、{PHONES[1]}或{PHONES[2]}，网上看{LINK}。
""".strip()


def made_up(text: str, *labels: str) -> Reply:
    """An answer with everything a reply can hold."""
    figure = {"metric": "数", "comparator": "≥", "value": 1.5, "unit": "个", "year": 2025}
    source = {"plan": "规划", "section": 6, "paragraph": 1}
    contact = {"name": "热线", "phone": "12345"}
    found = Match("answer", "made-up", 6, "低保", "是", 0.9, (figure,), (contact,), source)
    buttons = tuple(Button(label, label) for label in labels)
    phones = tuple(phone for phone in PHONES if phone in text)
    return Reply(text, "answered", 0.9, (found,), buttons, phones, "service/made-up", 1, "id")


LINES = (f"第{i}条：每千人{i}.5张，请打12345，网上看{LINK}。" for i in range(200))
CHOICES = "选一个：\n1. 甲<乙>\n2. 丙&丁（*注*）\n都不是请打12345。"
MADE_UP = {
    "long": made_up("\n".join(LINES), "低保", "救急难"),
    "special": made_up(SPECIAL, "低保", *(f"《{i}》<&*_`[\\\"'>" for i in range(3))),
    "choices": made_up(CHOICES, "甲<乙>", "丙&丁"),
}
KINDS = (*ASKED, "unknown", *MADE_UP)
table: dict[tuple[str, str], str] = {}


@pytest.fixture
async def reply(request, yongwen) -> Reply:
    kind = request.param
    if kind in MADE_UP:
        return MADE_UP[kind]
    if kind == "unknown":
        return unknown(0.1, State(), yongwen.knowledge.lookup).reply
    question, status = ASKED[kind]
    found = await yongwen.answer(Message(question))
    assert found.status == status, found
    assert len(found.matches) > 1 if kind in ("candidates", "several") else True
    return found


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(("kind", "reply"), [(k, k) for k in KINDS], indirect=["reply"], ids=KINDS)
async def test_nothing_is_lost(kind, reply, channel, capsys):
    if channel == "MCP":
        pytest.importorskip("mcp", reason="needs the extra mcp: python3 scripts/bootstrap.py extras")
    carried = await CHANNELS[channel](reply, capsys)
    assert lost(reply, carried) == []
    words = sum(len(line) for line in reply.text.split())
    table[kind, channel] = f"{words} · {len(reply.phones)} · {len(reply.buttons)}"


def test_the_table_is_whole():
    assert {kind for kind, _ in table} == set(KINDS)
    print("\ncharacters · numbers · buttons carried")
    print(f"| | {' | '.join(CHANNELS)} |")
    print(f"| --- |{' --- |' * len(CHANNELS)}")
    for kind in KINDS:
        print(f"| {kind} | {' | '.join(table.get((kind, c), '—') for c in CHANNELS)} |")


LOSSES = {
    "a word": ("低保一年14000元", {}),
    "a link": ("低保一年14000元，请打12345。", {"links": set()}),
    "a number": ("低保一年14000元，请打12345。", {"phones": set()}),
    "a button": ("低保一年14000元，请打12345。", {"buttons": set()}),
}


@pytest.mark.parametrize(("shown", "without"), LOSSES.values(), ids=LOSSES)
def test_a_loss_would_be_seen(shown, without):
    text = f"{shown}\n{LINK}"
    whole = Carried(f"低保一年14000元，请打12345。\n{LINK}", {LINK}, {"12345"}, {("低保", "低保")})
    reply = Reply(whole.text, "answered", buttons=(Button("低保", "低保"),), phones=("12345",))
    assert lost(reply, whole) == []
    assert lost(reply, whole._replace(text=text, **without)) != []
