"""Every workload by its name, in the order in which they are reported."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks import (
    data_integrity_issue,
    data_integrity_verify,
    did_log,
    log_append,
    log_frontier,
    log_proof,
    log_replay,
    log_writers,
    resolve_warm,
    sd_jwt_issue,
    sd_jwt_presentation,
    sd_jwt_verify,
    status_bit,
)
from benchmarks.load import Load
from benchmarks.workload import Workload
from benchmarks.world import World
from credentials.keys import KeyType

LEAVES: Final = 1_000_000

WORKLOADS: Final[Mapping[str, Callable[[World], Workload]]] = MappingProxyType(
    {
        "sd-jwt-issue-es256": partial(sd_jwt_issue.build, key_type=KeyType.P256),
        "sd-jwt-issue-eddsa": partial(sd_jwt_issue.build, key_type=KeyType.ED25519),
        "sd-jwt-verify-es256": partial(sd_jwt_verify.build, key_type=KeyType.P256),
        "sd-jwt-verify-eddsa": partial(sd_jwt_verify.build, key_type=KeyType.ED25519),
        "sd-jwt-presentation": sd_jwt_presentation.build,
        "data-integrity-issue": data_integrity_issue.build,
        "data-integrity-verify": data_integrity_verify.build,
        "did-log-1": partial(did_log.build, entries=1),
        "did-log-10": partial(did_log.build, entries=10),
        "did-log-100": partial(did_log.build, entries=100),
        "resolve-warm": resolve_warm.build,
        "status-bit": status_bit.build,
        "log-frontier": log_frontier.build,
        "log-replay": log_replay.build,
        "log-proof": partial(log_proof.build, size=LEAVES),
        "log-append-1": partial(log_append.build, rows=1),
        "log-append-50": partial(log_append.build, rows=50),
    }
)

LOADS: Final[Mapping[str, Callable[[Path], Load]]] = MappingProxyType(
    {
        "log-writers-sqlite": log_writers.sqlite_writers,
        "log-writers-postgresql": log_writers.postgres_writers,
    }
)
GROWTH: Final = "log-growth"
ALL: Final = (*WORKLOADS, *LOADS, GROWTH)
