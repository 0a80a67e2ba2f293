"""Where a form may lead back to: a page of ours, and never somebody else's site."""

from urllib.parse import urlsplit


def own_page(path: str) -> str | None:
    """The path, if it is one of ours with nothing in it that a browser could read as a host."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return None
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.isprintable():
        return None
    return path
