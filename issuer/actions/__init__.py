"""What an issuer does: each module one verb, called inside one transaction of its caller.

approve ──> make_offer ──> fetch_offer ──> redeem_code ──> issue_credential ──> change_status
                                                                 └──> publish_status_list <──┘
"""
