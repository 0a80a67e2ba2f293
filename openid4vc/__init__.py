"""The messages of OpenID4VCI 1.0 and OpenID4VP 1.0, one file each. No network, no clock, no city.

    issuer                                             wallet
      offer            ── link, QR code ──>              parse_offer_link
      metadata         <── well-known URL ──             parse_issuer_metadata
      access_token     <── code, tx_code ──              TokenRequest
      nonce            <── POST ──                       parse_nonce_response
      credential_request  <── key_proof ──               CredentialRequest

    verifier                                           wallet
      request_uri      ── link, QR code ──>              parse_request_link
      authorization_request  ── signed JWT ──>           verify_request_object
                                                         dcql, dcql_match.match
      authorization_response  <── form ──                AuthorizationResponse
      dcql_match.check_response

What an endpoint of ours reads is refused with an `OAuthError`, which is its own answer; what we
read from elsewhere, with the errors of `credentials`.
"""
