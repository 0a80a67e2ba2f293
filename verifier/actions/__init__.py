"""What a verifier does: each module one verb.

create_request ──> serve_request ──> receive_response ──> read_result
                                           └── gather_evidence ──> pipeline
registration ──> check_scan ─────────────────────┘        a citizen's QR code, once
"""
