"""Approves claims about people and turns them into credentials that only their holder can use.

cli, web ──> actions (import_entitlements, offer, redeem_code, issue_credential, change_status)
                 │                                                    └──> store ──> models
                 └──> entitlement, issuance_session, minting, csv_rows, person: pure
"""
