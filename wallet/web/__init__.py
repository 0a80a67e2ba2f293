"""The wallet in a browser: pages and scripts that keep everything there, and a relay.

pages ──> templates, static: the wallet itself, which runs in the citizen's browser
relay ──> relay_targets (who may be reached) ──> the one guarded client
"""
