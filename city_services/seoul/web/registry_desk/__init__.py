"""`/registry/desk`: where two people of the registry's root read applications and do its acts.

today ──> applications ──> one of them ──propose──┐
   └────> members ──> one of them ──confirm───────┴──> acts ──> one of them ──approve──> the log
"""
