import threading

from did_registry.actions.head_publisher import HeadPublisher

SECONDS = 30.0


def test_what_comes_while_a_head_is_published_gets_another_one() -> None:
    begun, go_on = threading.Semaphore(0), threading.Semaphore(0)
    heads: list[int] = []

    def publish() -> None:
        begun.release()
        assert go_on.acquire(timeout=SECONDS)
        heads.append(len(heads))

    publisher = HeadPublisher(publish, pause_seconds=0)
    publisher.wake()
    assert begun.acquire(timeout=SECONDS)
    for _ in range(5):
        publisher.wake()  # one head more for all of them
    go_on.release()
    assert begun.acquire(timeout=SECONDS)
    go_on.release()
    publisher.wake()
    assert begun.acquire(timeout=SECONDS)
    go_on.release()
    while len(heads) < 3:
        threading.Event().wait(0.001)
    assert heads == [0, 1, 2]
