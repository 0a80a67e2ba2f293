"""What the registry does: each module one verb, called inside one transaction of its caller.

create_did, accredit, publish_types ──> append ──> publish_checkpoint
replay (from our tables)   follow (over HTTP) ──> RegistryView
"""
