"""Asks a holder for claims and decides whether to believe them.

    cli, web ──> actions (create_request, receive_response, gather_evidence) ──> store ──> models
                     │
                     └──> answer.verify_answer ──> pipeline.verify_presentation ──> decision.Verdict
                                                     └──> checks, status_check

`pipeline.py` is the page to read first: every check, in its order, with what it may assume.
"""
