"""The verifier over HTTP: where wallets fetch a request and post their answer.

/verifier/requests/{address}    the signed request object (OpenID4VP 1.0 §5.10)
/verifier/responses/{address}   direct_post (OpenID4VP 1.0 §8.2)
"""
