"""`gwanin serve` as an operator starts it: what it says, and that it never shares its port."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from demo.city import BIN, SERVER_LOG, Place, place, served
from tests.flows.test_demo import free_port


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("serve") / "var"
    made = place(port=free_port(), workers=1, data_dir=folder, database_url=None)
    made.run(["gwanin", "seed"])
    return made


def serve(city: Place, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, which must come by itself."""
    return subprocess.run(
        [str(BIN / "gwanin"), "serve", *options],
        env=dict(city.environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def listener(port: int, *, is_shared: bool) -> Iterator[None]:
    """Somebody else's server; a shared one lets others listen at the same port."""
    with socket.socket() as other:
        if is_shared:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        yield


def assert_taken(done: subprocess.CompletedProcess[str], said: str) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    code, korean, english = done.stderr.splitlines()[-3:]
    assert code.startswith(f"address-unavailable: {said}")
    assert "포트" in korean
    assert "--port" in english
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("is_shared", [False, True], ids=["exclusive", "shared"])
def test_a_port_that_somebody_has_is_not_taken(city: Place, *, is_shared: bool) -> None:
    with listener(city.port, is_shared=is_shared):
        done = serve(city, "--port", str(city.port))
    assert_taken(done, f"127.0.0.1:{city.port}: Address already in use")


def test_an_address_of_another_machine_is_not_served(city: Place) -> None:
    done = serve(city, "--host", "192.0.2.1", "--port", str(city.port))
    assert_taken(done, f"192.0.2.1:{city.port}: Cannot assign requested address")


def test_says_where_it_serves_and_no_second_city_joins_it(city: Place) -> None:
    with served(city):
        assert_taken(serve(city, "--port", str(city.port)), "another city is served on port")
        said = (city.data_dir / SERVER_LOG).read_text("utf-8")
    assert f"Serving at {city.url}. Press Ctrl-C to end." in said
    assert f"{city.url} 에서 열려 있습니다." in said
    assert "Warning" not in said


def test_warns_of_a_port_where_no_page_answers_and_of_plain_http(city: Place) -> None:
    port = free_port()
    with listener(port, is_shared=False):
        done = serve(city, "--host", "0.0.0.0", "--port", str(port))
    assert f"Warning: this listens on port {port}" in done.stderr
    assert "Warning: other machines can reach 0.0.0.0" in done.stderr
    assert_taken(done, f"0.0.0.0:{port}: Address already in use")
