"""What the command lines share: one JSON document or lines for people, refusals with a code.

a role's cli ──> output (what is printed), commands (how refusals end), progress
"""
