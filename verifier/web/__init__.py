"""The verifier over HTTP: for wallets, for the people at its desk, and for anybody.

/verifier/requests/{address}    the signed request object (OpenID4VP 1.0 §5.10)
/verifier/responses/{address}   direct_post (OpenID4VP 1.0 §8.2)
/verifier, /verifier/scan, …    the desk, for who is signed in with the role `ask`
/verify                         a document or a QR code, checked for anybody
"""
