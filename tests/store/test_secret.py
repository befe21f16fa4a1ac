from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.secret import NAME, key_beside


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    key = key_beside(tmp_path / "residents.sqlite")
    assert len(key) == 64
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert key_beside(tmp_path / "residents.sqlite") == key
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_no_key_is_like_another(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert key_beside(tmp_path / "a") != key_beside(tmp_path / "other" / "a")


def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("")
    with pytest.raises(StoreError, match=f"{NAME}: too short for a key"):
        key_beside(tmp_path / "a")
