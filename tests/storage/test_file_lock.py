import os
import threading
from pathlib import Path

import pytest

from storage.errors import StorageUnavailable
from storage.file_lock import exclusive, try_lock


def test_one_holds_it_until_it_lets_go(tmp_path: Path) -> None:
    held = try_lock(tmp_path / "lock")
    assert held is not None
    assert try_lock(tmp_path / "lock") is None
    os.close(held)
    again = try_lock(tmp_path / "lock")
    assert again is not None
    os.close(again)


def test_others_wait_for_their_turn(tmp_path: Path) -> None:
    inside: list[int] = []

    def enter() -> None:
        for _ in range(20):
            with exclusive(tmp_path / "lock"):
                inside.append(1)
                assert len(inside) == 1
                inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert inside == []


def test_it_is_let_go_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), exclusive(tmp_path / "lock"):
        raise ValueError("inside")
    with exclusive(tmp_path / "lock"):
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="lock"):
        try_lock(tmp_path / "missing" / "lock")
