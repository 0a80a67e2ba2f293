"""Our own vectors: what we make today is, byte for byte, what we made when they were written."""

import pytest

from tests.vectors_of_ours import FOLDER, VECTORS


@pytest.mark.parametrize("name", VECTORS)
def test_makes_the_same_bytes_as_ever(name: str) -> None:
    assert VECTORS[name]() == (FOLDER / name).read_bytes()


def test_there_is_no_vector_that_nobody_makes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*VECTORS, "README.md"}
