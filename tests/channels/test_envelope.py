"""The envelope of WeChat, WeCom and DingTalk, both ways against three independent libraries."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.channels.envelope import Envelope, check_signature, signature
from bot.channels.webhook import PushRefusedError
from bot.errors import ChannelError

ORACLE = Path(__file__).parents[1] / "fakes" / "wechat"
TOKEN, KEY, ID = "made-up-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0123456789abcdef"
STAMP, NONCE = "1795400000", "372623558"
TEXTS = {
    "one letter": "a",
    "Chinese": "低保一年多少钱",
    "XML": "<xml><Content><![CDATA[a ]]> & <b>]]></Content></xml>",
    "a whole block": "x" * (32 - 20 - len(ID)),
    "long": "公共服务👵" * 3000,
}
node = pytest.mark.skipif(
    shutil.which("node") is None or not (ORACLE / "node_modules").is_dir(),
    reason="needs node and `npm ci` in tests/fakes/wechat",
)


class Node:
    """One of the npm libraries."""

    def __init__(self, process, library):
        self._process = process
        self._library = library

    def ask(self, **request):
        whole = {"library": self._library, "token": TOKEN, "key": KEY, "id": ID, **request}
        whole = {"timestamp": STAMP, "nonce": NONCE, **whole}
        self._process.stdin.write(json.dumps(whole) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def seal(self, text):
        answered = self.ask(text=text)
        return answered["sealed"], answered["signature"]

    def open(self, sealed, signed):
        answered = self.ask(sealed=sealed)
        assert answered["signature"] == signed
        assert answered["id"] == ID
        return answered["text"]


class Python:
    """wechatpy, for accounts or for corporations."""

    def __init__(self, module):
        module = pytest.importorskip(module)
        self._crypto = module.WeChatCrypto(TOKEN, KEY, ID)

    def seal(self, text):
        import xml.etree.ElementTree as ElementTree

        whole = ElementTree.fromstring(self._crypto.encrypt_message(text, NONCE, STAMP))
        return whole.findtext("Encrypt"), whole.findtext("MsgSignature")

    def open(self, sealed, signed):
        xml = f"<xml><ToUserName>{ID}</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
        return self._crypto.decrypt_message(xml, signed, STAMP, NONCE)


@pytest.fixture(scope="module")
def process():
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen(["node", "oracle.js"], cwd=ORACLE, **pipes) as running:
        yield running
        running.stdin.close()


@pytest.fixture(
    params=[
        pytest.param("@wecom/crypto", marks=node),
        pytest.param("wechat-crypto", marks=node),
        "wechatpy.crypto",
        "wechatpy.enterprise.crypto",
    ]
)
def oracle(request):
    if request.param.startswith("wechatpy"):
        return Python(request.param)
    return Node(request.getfixturevalue("process"), request.param)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_they_seal_we_open(oracle, text):
    sealed, signed = oracle.seal(text)
    check_signature(signed, TOKEN, STAMP, NONCE, sealed)
    assert Envelope(KEY, ID).open(sealed) == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_we_seal_they_open(oracle, text):
    sealed = Envelope(KEY, ID).seal(text)
    assert oracle.open(sealed, signature(TOKEN, STAMP, NONCE, sealed)) == text


def test_the_same_text_is_never_sealed_alike():
    envelope = Envelope(KEY, ID)
    assert envelope.seal("低保") != envelope.seal("低保")


@pytest.mark.parametrize(
    ("sealed", "status"),
    [
        ("", 400),
        ("not base64", 400),
        ("AAAA", 400),
        (Envelope(KEY[::-1], ID).seal("低保"), 403),
        (Envelope(KEY, "wx-of-another").seal("低保"), 403),
        (Envelope(KEY, ID).seal("低保")[:-4], 400),
    ],
    ids=["empty", "no base64", "no block", "another key", "another receiver", "cut off"],
)
def test_what_is_not_for_us_is_refused(sealed, status):
    with pytest.raises(PushRefusedError) as refused:
        Envelope(KEY, ID).open(sealed)
    assert refused.value.status == status


@pytest.mark.parametrize("key", ["", "short", KEY + "a", KEY[:-1] + "!", "密" * 43])
def test_what_is_no_key_stops_the_start(key):
    with pytest.raises(ChannelError, match="43"):
        Envelope(key, ID)


def test_a_wrong_signature_is_refused():
    with pytest.raises(PushRefusedError) as refused:
        check_signature(signature(TOKEN, STAMP, NONCE, "other"), TOKEN, STAMP, NONCE, "text")
    assert refused.value.status == 403
