"""Whether a credential still stands: one store of states, published in two formats.

StatusBits ── sign_token_list ──> JWT ── parse_token_list ──> Unverified… ── verify_token_list ──┐
    └─────── sign_bitstring_list ──> VC ── parse_bitstring_list ──> Unverified… ── verify_… ─────┤
                                                                   VerifiedStatusList.state(i) <─┘
"""
