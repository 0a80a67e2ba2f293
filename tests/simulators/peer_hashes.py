"""PyPI multiformats, which did-webvh hashes with, refers to its hash functions weakly and looks at
one twice: collected in between, it ends in a KeyError. While somebody holds it, it stays."""

from multiformats import multihash


def weakly_held_hash() -> object:
    """SHA-256 as that library has it; hold it for as long as did-webvh is used."""
    return multihash.get("sha2-256")
