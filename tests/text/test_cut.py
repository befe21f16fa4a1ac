import os
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import ROOT
from bot.text.cut import Cutter, cutter


def test_our_words_stay_whole() -> None:
    assert "甬易养" in cutter(["甬易养"])("阿拉想问甬易养平台")
    assert "甬易养" not in cutter()("阿拉想问甬易养平台")


def test_nothing_is_lost_in_cutting() -> None:
    text = "老人早上能进学校操场走走吗"
    assert "".join(cutter()(text)) == text


@pytest.fixture(scope="module")
def jiebas() -> Any:
    """jieba's own tokenizer, with its own dictionary, knowing also our word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    tokenizer.add_word("甬易养", freq=20_000)
    return tokenizer


@cache
def cutter_of_ours() -> Cutter:
    return cutter(["甬易养"])


def words_of(tokenizer: Any, text: str) -> list[str]:
    return [word for word in tokenizer.cut(text, HMM=False) if not word.isspace()]


def test_what_is_cut_is_what_jieba_cuts(jiebas: Any) -> None:
    cut = cutter_of_ours()
    texts = (ROOT / "knowledge" / "signposts.yaml").read_text("utf-8").splitlines()
    assert len(texts) > 1000
    assert [text for text in texts if cut(text) != words_of(jiebas, text)] == []


@given(st.text("的一是阿侬甬易养老 ab z12%.，😀㐀龘-_#&é", max_size=20))
def test_any_characters_are_cut_as_jieba_cuts_them(jiebas: Any, text: str) -> None:
    assert cutter_of_ours()(text) == words_of(jiebas, text)


def test_one_cutters_words_do_not_reach_another() -> None:
    cutter(["早上能进"])
    assert "早上能进" not in cutter()("老人早上能进学校")


def test_the_shared_cache_file_is_neither_read_nor_written(tmp_path: Path) -> None:
    planted = tmp_path / "jieba.cache"
    planted.write_bytes(b"planted by somebody else")
    command = [sys.executable, "-c", "from bot.text.cut import cutter; print(*cutter()('养老保险'))"]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["养老保险"]
    assert planted.read_bytes() == b"planted by somebody else"
