"""Every workload by its name, in the order in which they are reported."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from benchmarks import (
    data_integrity_issue,
    data_integrity_verify,
    did_log,
    log_append,
    log_frontier,
    resolve_warm,
    sd_jwt_issue,
    sd_jwt_presentation,
    sd_jwt_verify,
    status_bit,
)
from benchmarks.workload import Workload
from benchmarks.world import World
from credentials.keys import KeyType

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
        "log-append-1": partial(log_append.build, rows=1),
        "log-append-50": partial(log_append.build, rows=50),
    }
)
