"""What a seeded city serves, audited as it is and as a copy in which one byte is another."""

import pytest

from credentials.errors import Error
from did_registry.actions.audit import Watcher, audit_over_http
from tests.simulators.city import SimulatedCity
from tests.simulators.served_files import copy_of

QUIET = Watcher(on_leaves=lambda *_: None, on_files=lambda *_: None, pause=lambda: None)


def test_a_seeded_city_is_right_and_each_changed_file_is_named(city: SimulatedCity) -> None:
    anchor, now, home = city.city.anchor, city.clock(), city.city.public_url
    audited = audit_over_http(anchor, home, city.outbound, None, QUIET, now)
    view = city.city.replay()
    assert audited.view.checkpoint == view.checkpoint
    assert (len(view.schemas), len(view.lists)) != (0, 0)
    assert audited.files == 1 + 2 * len(view.histories) + len(view.schemas) + len(view.lists)

    copy = copy_of(city.http().get, view, url=home)
    for path in copy.paths:
        body = copy.read(path)
        at = len(body) // 2
        copy.put(path, body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])
        with pytest.raises(Error) as refused:
            audit_over_http(anchor, home, copy.outbound, None, QUIET, now)
        assert path in refused.value.detail
        copy.restore()
    assert audit_over_http(anchor, home, copy.outbound, None, QUIET, now).files == audited.files
