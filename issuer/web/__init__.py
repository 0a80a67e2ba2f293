"""The issuer over HTTP: protocol endpoints and status lists. Views read, call one action, answer.

/issuers/{CODE}/…        offers (oid4vci); token, nonce, credential (endpoints)
/.well-known/…           the two metadata documents
/status/{list}…          status lists in all their forms
"""
