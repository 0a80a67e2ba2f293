"""People who act for an agency or a verifier: who they are, what they may do, what they did.

web (sign-in pages, guard) ──> actions (sign_in, sessions, record) ──> store ──> models
                                    └──> account, session_rules: pure
"""
