"""The page of checkpoints of a log that has signed two histories: in two languages, provable."""

import hashlib

import pytest

from city_services.seoul.seed import LOG_ORIGIN, log_signer
from did_registry import head_store, store
from did_registry.rewriting import Manner, Rewriting, parse_rewriting, verify_rewriting
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.note import Ed25519NoteSigner
from tests.simulators.city import SimulatedCity


@pytest.mark.parametrize(
    ("language", "said", "means"),
    [
        ("ko", "서로 어긋나는 체크포인트가 있습니다", "함께 참일 수 없습니다"),
        ("en", "Checkpoints contradict each other", "cannot both be true"),
    ],
)
def test_says_what_it_means_and_leads_to_the_file(
    city: SimulatedCity, language: str, said: str, means: str
) -> None:
    http = city.http()
    headers = {"Accept-Language": language}
    assert said not in http.get("/registry/checkpoints", headers=headers).text
    file = _forked(city)
    page = http.get("/registry/checkpoints", headers=headers).text
    assert said in page
    assert means in page
    path = f"/log/evidence/{hashlib.sha256(file).hexdigest()}.json"
    assert f'href="{path}"' in page
    found = parse_rewriting(http.get(path).data)
    before, now = verify_rewriting(found, city.city.anchor.log_key)
    assert before.size == now.size


def _forked(city: SimulatedCity) -> bytes:
    """Another root, signed with the city's own key for the size of its head; as it is kept."""
    signer = Ed25519NoteSigner(LOG_ORIGIN, log_signer(city.city.keystore))
    with city.city.database.writing() as session:
        head = store.latest_checkpoint(session)
        assert head is not None
        other = build_checkpoint(LOG_ORIGIN, head.size, bytes(32), [signer])
        found = Rewriting(manner=Manner.TWO_ROOTS, before=head.note, now=other)
        head_store.add_evidence(session, found.encode(), city.clock())
    return found.encode()
