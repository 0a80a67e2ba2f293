"""The issuer over HTTP: protocol endpoints and status lists. Views read, call one action, answer.

/issuers/{CODE}/…        offer, token, nonce, credential (OpenID4VCI)
/.well-known/…           the two metadata documents
/status/{list}…          status lists in all their forms
"""
