"""The clerks' desk, `/desk`: sign-in (staff) ──> today ──> draft or file ──> a colleague's approval
──> offer ──> issued, suspended, revoked; and the record of who looked at what.

Every view acts for the signed-in clerk's own agency, through `room.desk()`: a transaction in
which another agency's rows can't be found.
"""
