"""HTTP plumbing, both ways, for every role: what arrives is bounded, what leaves is guarded.

    request ─ request_head ─ flood ─ bodies ─> a role's view ─ headers ─> answer
                  any Error ─ problems ─> problem+json, or OAuth JSON on a protocol blueprint
    a role's action ─ outbound ─ fetch_guard ─ guarded_connection ─> somebody else's server

`install` joins the parts to an application. `origin`, `outbound`, `qr` and what they use start
without Flask, for the command lines.
"""
