import tempfile
from pathlib import Path

from bot.text.cut import cutter


def test_our_words_stay_whole() -> None:
    assert "甬易养" in cutter(["甬易养"])("阿拉想问甬易养平台")
    assert "甬易养" not in cutter()("阿拉想问甬易养平台")


def test_nothing_is_lost_in_cutting() -> None:
    text = "老人早上能进学校操场走走吗"
    assert "".join(cutter()(text)) == text


def test_one_cutters_words_do_not_reach_another() -> None:
    cutter(["早上能进"])
    assert "早上能进" not in cutter()("老人早上能进学校")


def test_the_shared_cache_file_is_not_used() -> None:
    cutter()
    assert not list(Path(tempfile.gettempdir()).glob("jieba*.cache"))
