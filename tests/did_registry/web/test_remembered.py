from did_registry.web.remembered import Remembered


def test_keeps_what_was_asked_for_last() -> None:
    kept: Remembered[str, int] = Remembered(2)
    assert kept.find("a") is None
    assert kept.keep("a", 1) == 1
    kept.keep("b", 2)
    assert kept.find("a") == 1
    kept.keep("c", 3)
    assert (kept.find("a"), kept.find("b"), kept.find("c")) == (1, None, 3)


def test_a_value_that_is_kept_again_takes_no_more_room() -> None:
    kept: Remembered[str, int] = Remembered(2)
    for value in (1, 2, 3):
        kept.keep("a", value)
    kept.keep("b", 1)
    assert (kept.find("a"), kept.find("b")) == (3, 1)
