"""What is personal is starred out in every spelling; what is public or nobody's stays."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue.check import Checked
from bot.text.masking import STARS, masked, personal
from scripts.masking_measure import made_up
from scripts.masking_measure.__main__ import leaks, strings

PUBLIC = frozenset(("12345", "12333", "0574-89188000"))
MASKED = [
    ("我的身份证是330203199001011237能办低保吗", "我的身份证是***能办低保吗"),
    ("33020319900101123×", "***"),
    ("身份证 330203 1990 0101 1237 电话 138 0013 8000", "身份证 *** 电话 ***"),
    ("一三八零零幺三八零零零", "***"),
    ("1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣打不通", "***打不通"),
    ("+86 138-0013-8000", "***"),
    ("(0574)8765 4321转802", "***"),
    ("电话是8765432", "电话是***"),
    ("6222 0212 3456 7890 128", "***"),
    ("浙B·12345和浙bD12345", "***和***"),
    ("护照E12345678", "护照***"),
    ("发到 me.you@qq.com 吧", "发到 *** 吧"),
    ("ｍｅ＠ｑｑ．ｃｏｍ", "***"),
    ("我住在中山西路138弄5号302室,能申请吗", "我住在***,能申请吗"),
    ("家住东裕新村十二幢三单元401", "家住***"),
    ("宁波市鄞州区日丽中路五百五十五号", "宁波市鄞州区***"),
    ("12-3-401室", "12-3-***"),
    ("微信号abc_12345", "微信号***"),
    ("8600330203199001011237", "***"),
    ("+44 7911 123456", "***"),
    ("call 0044 7911 123456 please", "call *** please"),
    ("0044-7911-123456", "***"),
    ("+44 (0)7911 123456", "***"),
    ("+1 (415) 555-2671", "***"),
    ("我在香港,电话+852 9123 4567", "我在香港,电话***"),
    ("＋８１９０１２３４５６７８", "***"),
    ("台胞证12345678", "台胞证***"),
    ("台胞证号码:1234 5678", "台胞证号码:***"),
    ("往来港澳通行证C12345678", "往来港澳通行证***"),
    ("港澳通行证123456789", "港澳通行证***"),
    ("my passport number is 512345678", "my passport ***"),
    ("my address is Room 501, No. 12 Zhongshan East Road", "my address is ***"),
    ("I live at 88 Tianyi Street, Apt 3B, can I apply?", "I live at ***, can I apply?"),
    ("No. 5, Lane 138, Zhongshan West Rd.", "***"),
    ("Flat 3B, 12 Baizhang East Road, Ningbo", "***, Ningbo"),
    ("we are in room 501 now", "we are in *** now"),
    ("Zhongshan East Road No. 12", "***"),
]
KEPT = [
    "请打12345",
    "外地打0574-12345,或0574 12333",
    "电话12345 12333",
    "热线0574-89188000,市内89188000",
    "国办发〔2020〕53号、甬政发[2021]70号、第12号令",
    "2021-2025年补贴14000元/年,一共６０００００００元",
    "地铁1号线12路公交,12月5号上午10点30分",
    "20251231",
    "老新村一楼,六楼漏水,一栋一栋修",
    "5,000,000,000元",
    "400-820-1234",
    "how to delete wechat friend",
    "+14000元,+5000-10000元,1+1=2",
    "+86 12345, 0086 574 12333",
    "居住证20251231到期,护照2025-12-31到期,居住证2021-2025年",
    "No. 12 bus on Zhongshan Road, No. 1 Middle School, 4 lane road",
    "is there a 24 hour clinic near Zhongshan East Road",
    "a room of 30 square meters, apartment 100 sqm, flat 1500 yuan",
    "9:00 2025-12-31",
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_the_personal_is_starred(text: str, expected: str) -> None:
    assert masked(text, PUBLIC) == expected


@pytest.mark.parametrize("text", KEPT)
def test_the_public_stays(text: str) -> None:
    assert masked(text, PUBLIC) == text


def test_recall_on_made_up_secrets_in_every_spelling() -> None:
    cases = list(made_up.secrets(60, seed=7))
    leaked = [case.text for case in cases if leaks(case, PUBLIC)]
    assert len({(case.kind, case.spelling) for case in cases}) > 25
    assert len(leaked) <= 0.01 * len(cases), leaked[:10]


def test_few_false_positives_on_catalogue_and_made_up_numbers(real: Checked) -> None:
    assert real.catalogue is not None
    public = {c.phone for c in real.catalogue.contacts}
    texts = [*sorted(set(strings(real.catalogue.model_dump(mode="json")))), *made_up.nobodys(2000, seed=7)]
    wrong = [text for text in texts if personal(text, public)]
    assert len(texts) > 20_000
    assert len(wrong) <= 0.005 * len(texts), wrong[:10]


def test_no_figure_contact_or_sentence_of_the_catalogue_is_masked(real: Checked) -> None:
    assert real.catalogue is not None
    public = {c.phone for c in real.catalogue.contacts}
    said = [c.phone for c in real.catalogue.contacts]
    said += [text for s in real.catalogue.services for text in (s.answer, *(f.metric for f in s.figures))]
    said += [f"{f.value}{f.unit}" for s in real.catalogue.services for f in s.figures]
    said += real.catalogue.replies.values()
    assert len(said) > 250
    assert [text for text in said if personal(text, public)] == []


ALPHABET = "0123456789一二三０１２-  .·@浙路弄号室XEabc打电话年元\u200b\ufe0f"


@settings(max_examples=300, deadline=None)
@given(st.text(ALPHABET, max_size=60) | st.text(max_size=40))
def test_nothing_breaks_it_and_nothing_else_changes(text: str) -> None:
    found = personal(text, PUBLIC)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    kept = "".join(text[a:b] for a, b in _between(found, len(text)))
    assert masked(text, PUBLIC) == text if not found else len(kept) < len(text)
    assert re.sub(re.escape(STARS), "", masked(text, PUBLIC)) == re.sub(re.escape(STARS), "", kept)


def _between(found: list, end: int):
    starts = [0, *(f.end for f in found)]
    return zip(starts, [*(f.start for f in found), end], strict=True)
