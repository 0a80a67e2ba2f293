"""What happens with staff: each module one verb, inside one transaction of its caller.

open_account    sign_in ──> current (who is it, this time?) ──> sign_out    record_act
"""
