"""What happened in a city service: one hash-chained, append-only row of events for each service.

    a service ── actions.record ──> events ── actions.close_period ──> one `service` leaf in the log
    events, leaves ── chain.verify_ledger ──> the first event that is wrong, or none

Events stay here, and are never on the log: a leaf holds the root over all of them so far.
"""
