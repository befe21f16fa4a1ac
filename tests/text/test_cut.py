import os
import subprocess
import sys
from pathlib import Path

from bot.config import ROOT
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


def test_the_shared_cache_file_is_neither_read_nor_written(tmp_path: Path) -> None:
    planted = tmp_path / "jieba.cache"
    planted.write_bytes(b"planted by somebody else")
    command = [sys.executable, "-c", "from bot.text.cut import cutter; print(*cutter()('养老保险'))"]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["养老保险"]
    assert planted.read_bytes() == b"planted by somebody else"
