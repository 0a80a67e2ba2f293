"""The demo city: its agencies, registered verifiers and people, all invented.

agencies.toml, verifiers.toml, people.toml ── data.load_city ── data.shift(today) ──> CityData
"""
