import pytest

from bot.matching.transcription import Transcriber

WORDS = {"低保": 9, "底宝": 1, "多少": 8, "钱": 7, "前": 2, "图书馆": 5, "图": 1, "在": 9, "哪里": 6}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("dibao duoshao qian", "低保多少钱"),
        ("dibaoduoshaoqian", "低保多少钱"),
        ("di bao duo sao qian", "低保多少钱"),  # zh, ch, sh may lack their h
        ("tushuguan zai nali?", "图书馆在哪里?"),
        ("我 dibao 呢", "我 低保 呢"),
        ("wifi tushuguan nali", "wifi 图书馆哪里"),
        ("where is the tu", "where is the tu"),  # mostly English
        ("tu zhua nali", "图zua哪里"),  # no word sounds like zhua: its sound stays
        ("低保多少钱", "低保多少钱"),
        ("", ""),
    ],
)
def test_pinyin_is_written_in_the_likeliest_words(typed: str, written: str) -> None:
    assert Transcriber(WORDS).written(typed) == written


def test_without_words_every_sound_stays() -> None:
    assert Transcriber({}).written("dibao") == "dibao"
