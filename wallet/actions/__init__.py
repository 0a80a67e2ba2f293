"""What a wallet does: each module one verb; the network and the vault meet here only.

receive: offer ──> token ──> nonce ──> credential ──> acceptance ──> vault
present: link ──> signed request ──> scope ──> matching ──> consent ──> answer
"""
