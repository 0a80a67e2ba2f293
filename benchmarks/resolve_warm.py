"""Resolve a DID whose history is known: the answer as JSON. The limit is writing that JSON."""

import orjson

from benchmarks.did_log import rotating_log
from benchmarks.workload import Contender, Workload
from benchmarks.world import World
from did_registry.webvh.resolution import resolve


def build(world: World) -> Workload:
    """The latest version of ten."""
    del world
    _, history = rotating_log(10)

    def answer(*options: tuple[str, str]) -> bytes:
        return orjson.dumps(resolve(history, options, failure=None).to_json())

    def check() -> None:
        latest, fourth = history.latest, history.number(4)
        assert latest.version_id.encode() in answer()
        assert fourth.version_id.encode() in answer(("versionId", fourth.version_id))
        assert b"NOT_FOUND" in answer(("versionId", fourth.version_id + "x"))

    value = orjson.loads(answer())
    return Workload(
        title="resolve a DID from a known history of ten entries",
        limit=Contender(name="orjson.dumps", run=lambda: orjson.dumps(value), check=check),
        ours=(Contender(name="resolve, to_json", run=answer, check=check),),
    )
