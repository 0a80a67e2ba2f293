"""The record of what an agency's staff did, under roots in the log: nobody edits it unseen.

staff's record ── log_head ──> an `audit` leaf a day ── verify ──> the first line that is wrong
"""
