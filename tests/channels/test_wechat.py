"""WeChat and WeCom through our web server: pushed as the platforms push, answered in time, once, whole."""

import asyncio
import xml.etree.ElementTree as ElementTree
from contextlib import asynccontextmanager

import pytest
from webhook_fake import NOW, REPLIES, Answering, pushing

from bot.channels import wechat, wecom
from bot.channels.base import plain
from bot.channels.envelope import Envelope, signature
from bot.channels.splitting import byte_count
from bot.channels.tencent import MOST_BYTES, TencentConversation, Words, pages
from bot.channels.webhook import LONGEST_BODY
from bot.messages import Button, Message, Reply

pytestmark = pytest.mark.anyio
TOKEN, KEY, ID = "made-up-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0123456789abcdef"
MORE = "(还没完)"
NONCE = "372623558"


class Account:
    """A platform that pushes to our server, in one of the modes, and reads what is answered."""

    def __init__(self, mode, inbox, answering):
        self.mode = mode
        self.now = NOW
        self.answering = answering
        self.forgotten = []
        self.envelope = Envelope(KEY, ID)
        kind = wecom if mode == "wecom" else wechat
        self.path = kind.PATH
        self.words = Words(MORE, ("更多", "继续"))
        said = TencentConversation(
            kind.CHANNEL, answering, inbox, self.forget, lambda: self.words, lambda: self.now
        )
        sealed = None if mode == "plain" else self.envelope
        self.channel = kind.CHANNEL
        self.conversation = said
        self.hook = kind.account(TOKEN, said, sealed, lambda: self.now).hook
        self.client = None

    async def forget(self, person):
        self.forgotten.append(person)

    def query(self, *signed, stamp=None, **more):
        stamp = str(int(self.now)) if stamp is None else stamp
        name = "msg_signature" if signed or self.mode == "wecom" else "signature"
        return {"timestamp": stamp, "nonce": NONCE, name: signature(TOKEN, stamp, NONCE, *signed), **more}

    async def push(self, fields, **query):
        xml = fields if isinstance(fields, str) else written(fields)
        if self.mode == "plain":
            return await self.post(xml, self.query(**query))
        sealed = self.envelope.seal(xml)
        outer = f"<xml><ToUserName>{ID}</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        return await self.post(outer, self.query(sealed, encrypt_type="aes", **query))

    async def post(self, body, query):
        return await self.client.post(self.path, content=body, params=query)

    async def say(self, text, number="1", person="openid-of-fang"):
        """Push a text; returns the text answered."""
        return self.read(await self.push(message(text, number, person)))["Content"]

    def read(self, response):
        assert response.status_code == 200
        fields = parsed(response.text)
        if self.mode == "plain":
            return fields
        expected = signature(TOKEN, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
        assert fields["MsgSignature"] == expected
        return parsed(self.envelope.open(fields["Encrypt"]))


def parsed(xml):
    return {child.tag: child.text or "" for child in ElementTree.fromstring(xml)}


def written(fields):
    return f"<xml>{''.join(f'<{k}><![CDATA[{v}]]></{k}>' for k, v in fields.items())}</xml>"


def message(text, number="1", person="openid-of-fang"):
    return sent("text", person, Content=text, MsgId=number)


def event(name, key="", person="openid-of-fang"):
    return sent("event", person, Event=name, EventKey=key)


def sent(kind, person="openid-of-fang", **fields):
    common = {"ToUserName": "gh_yongwen", "FromUserName": person, "CreateTime": str(int(NOW))}
    return {**common, "MsgType": kind, **fields}


@pytest.fixture
def answering():
    return Answering()


@asynccontextmanager
async def connected(account):
    async with pushing(account.hook) as account.client:
        yield account


@pytest.fixture(params=["plain", "aes", "wecom"])
async def account(request, inbox, answering):
    async with connected(Account(request.param, inbox, answering)) as account:
        yield account


async def test_a_question_is_answered_whole(account):
    response = await account.push(message("托位"))
    fields = account.read(response)
    assert fields["ToUserName"] == "openid-of-fang"
    assert fields["FromUserName"] == "gh_yongwen"
    assert fields["MsgType"] == "text"
    assert fields["Content"] == "每千人 4.6 个 \uff1c托位\uff1e & ]]\uff1e,咨询 12345。"
    assert response.headers["content-type"].startswith("application/xml")
    (asked,) = account.answering.asked
    assert asked == Message("托位", "openid-of-fang", account.channel, "openid-of-fang", asked.key)
    assert asked.key


async def test_the_address_is_checked(account):
    if account.mode == "wecom":
        echo = account.envelope.seal("12345678")
        query = account.query(echo, echostr=echo)
    else:
        query = account.query(echostr="12345678")
    response = await account.client.get(account.path, params=query)
    assert (response.status_code, response.text) == (200, "12345678")
    wrong = {**query, next(k for k in query if "signature" in k): "0" * 40}
    assert (await account.client.get(account.path, params=wrong)).status_code == 403


async def test_a_push_that_comes_again_is_answered_the_same_and_asked_once(account):
    first = account.read(await account.push(message("房子")))
    account.now += 5
    again = account.read(await account.push(message("房子")))
    assert again["Content"] == first["Content"]
    assert account.answering.texts == ["房子"]


async def test_the_same_words_in_a_new_message_are_asked_anew(account):
    await account.say("房子", "1")
    await account.say("房子", "2")
    await account.say("房子", "1", "openid-of-lei")
    assert account.answering.texts == ["房子"] * 3


async def test_a_push_that_comes_again_while_the_first_is_answered_waits_for_it(account):
    account.answering.gate = asyncio.Event()
    first = asyncio.create_task(account.say("托位"))
    second = asyncio.create_task(account.say("托位"))
    while not account.answering.asked:
        await asyncio.sleep(0.005)
    account.answering.gate.set()
    assert await first == await second
    assert account.answering.texts == ["托位"]


async def test_two_replicas_answer_a_push_once(account, inbox):
    other = Account(account.mode, inbox, account.answering)
    async with connected(other):
        said = await asyncio.gather(account.say("托位"), other.say("托位"))
    assert len(set(said)) == 1
    assert account.answering.texts == ["托位"]


async def test_a_wrong_signature_is_refused(account):
    for name in ("signature", "msg_signature"):
        response = await account.push(message("托位"), **{name: "0" * 40})
        expected = (account.mode == "plain") == (name == "signature")
        assert response.status_code == (403 if expected else 200), name


@pytest.mark.parametrize("off", [-301, 301, -86400])
async def test_what_is_stale_is_refused(account, off):
    account.now += off
    stamp = str(int(NOW))
    query = account.query(stamp=stamp) if account.mode == "plain" else {}
    body = written(message("托位"))
    if account.mode != "plain":
        sealed = account.envelope.seal(body)
        body, query = f"<xml><Encrypt>{sealed}</Encrypt></xml>", account.query(sealed, stamp=stamp)
    assert (await account.post(body, query)).status_code == 403
    assert account.answering.asked == []


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "１２", "9" * 17])
async def test_what_is_no_time_is_malformed(account, stamp):
    assert (await account.post("<xml/>", account.query(stamp=stamp))).status_code == 400


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>'


@pytest.mark.parametrize("xml", ["", "not xml", "<xml>", "<xml></xml>", BOMB, BOMB.lower(), "<xml>\0</xml>"])
async def test_what_is_malformed_is_refused(account, xml):
    assert (await account.push(xml)).status_code == 400
    assert (await account.post(xml, account.query())).status_code == 400
    assert account.answering.asked == []


async def test_what_is_too_long_is_refused(account):
    assert (await account.post("x" * (LONGEST_BODY + 1), account.query())).status_code == 413


async def test_the_encrypted_mode_takes_nothing_plain(inbox, answering):
    async with connected(Account("aes", inbox, answering)) as account:
        account.mode = "plain"
        assert (await account.push(message("托位"))).status_code == 400
    assert answering.asked == []


async def test_subscribing_greets(account):
    assert account.read(await account.push(event("subscribe")))["Content"] == "您好,我是甬问。\n· 善育"


async def test_a_key_of_the_menu_says_its_name(account):
    key = "CLICK" if account.mode != "wecom" else "click"
    assert account.read(await account.push(event(key, "房子")))["Content"].startswith("您想看哪一条")


async def test_two_keys_pressed_in_the_same_second_are_both_answered(account):
    await account.push(event("CLICK", "房子"))
    await account.push(event("CLICK", "托位"))
    await account.push(event("CLICK", "托位"))
    assert account.answering.texts == ["房子", "托位"]


async def test_unsubscribing_forgets_and_is_not_answered(account):
    response = await account.push(event("unsubscribe"))
    assert (response.status_code, response.text) == (200, "")
    assert account.forgotten == ["openid-of-fang"]
    assert account.answering.asked == []


@pytest.mark.parametrize("name", ["VIEW", "LOCATION", "SCAN"])
async def test_other_events_are_not_answered(account, name):
    response = await account.push(event(name))
    assert (response.status_code, response.text) == (200, "")


@pytest.mark.parametrize("kind", ["image", "video", "location", "link"])
async def test_what_holds_no_words_gets_a_kind_word(account, kind):
    assert account.read(await account.push(sent(kind, MsgId="9")))["Content"] == "请用文字告诉我。"


async def test_a_voice_that_was_recognised_is_a_question(account):
    fields = account.read(await account.push(sent("voice", MsgId="9", Recognition="托位")))
    assert "4.6" in fields["Content"]


async def test_a_long_reply_comes_in_pages_and_loses_nothing(account):
    said = [await account.say("长文", "1")]
    while said[-1].endswith(MORE):
        said.append(await account.say("更多", str(1 + len(said))))
    assert len(said) > 2
    assert all(byte_count(page) <= MOST_BYTES for page in said)
    assert all(page.removesuffix(f"\n{MORE}").endswith("12345。") for page in said)
    assert "".join(page.removesuffix(f"\n{MORE}") for page in said) == REPLIES["长文"].text
    assert account.answering.texts == ["长文"]
    assert await account.say("更多", "99") == "没有找到:更多"


async def test_a_new_release_changes_the_words_that_ask_for_more(account):
    account.words = Words("(下文请回复:往下)", ("往下",))
    assert (await account.say("长文", "1")).endswith("(下文请回复:往下)")
    assert (await account.say("往下", "2")).endswith("(下文请回复:往下)")
    assert await account.say("更多", "3") == "没有找到:更多"


async def test_a_new_question_ends_the_old_pages(account):
    await account.say("长文", "1")
    await account.say("托位", "2")
    assert await account.say("继续", "3") == "没有找到:继续"


async def test_what_is_erased_leaves_no_pages(account, inbox):
    await account.say("长文", "1")
    await account.conversation.drop_pages("another", "openid-of-fang")
    await account.conversation.drop_pages(account.channel, "openid-of-fang")
    assert await account.say("继续", "3") == "没有找到:继续"


def test_pages_break_no_number_and_no_address():
    number = "0574-" + "8" * 40
    text = f"请看 https://www.ningbo.gov.cn/{'a' * 300}?q=1 并打 {number} 问" * 20
    shown = pages(Reply(text, "answered"), MORE)
    assert len(shown) > 3
    whole = [page.removesuffix(f"\n{MORE}") for page in shown]
    assert sum(page.count(number) for page in whole) == 20
    assert sum(page.count("a" * 300) for page in whole) == 20


def test_pages_show_what_buttons_say():
    reply = Reply("低保标准。", "answered", buttons=(Button("社会救助", "社会救助"),))
    assert pages(reply, MORE) == [plain(reply)] == ["低保标准。\n· 社会救助"]


def test_the_menu_fits_the_platform_and_holds_every_domain(knowledge):
    names = [domain.name for domain in knowledge.lookup.domains.values()]
    shown = wechat.menu(names, ["学业健康", "养老帮扶", "运动安居"])["button"]
    assert len(shown) <= 3
    assert all(len(key["name"].encode()) <= 16 and 1 <= len(key["sub_button"]) <= 5 for key in shown)
    keys = [sub for key in shown for sub in key["sub_button"]]
    assert [sub["key"] for sub in keys] == names
    assert all(sub["type"] == "click" and len(sub["name"].encode()) <= 60 for sub in keys)


async def test_every_key_of_the_menu_lists_its_domain(yongwen):
    names = [domain.name for domain in yongwen.knowledge.lookup.domains.values()]
    assert len(names) == 10
    for name in names:
        reply = await yongwen.answer(Message(name, "s", "wechat"))
        assert reply.topic.startswith("domain/"), name
