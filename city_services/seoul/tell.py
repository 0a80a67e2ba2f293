"""What the commands tell the operator on stderr, in both languages."""

import tomllib
from importlib.resources import files

import click


def tell(word: str, **values: object) -> None:
    """Say a row of serve_words.toml."""
    words = tomllib.loads((files(__package__) / "serve_words.toml").read_text("utf-8"))[word]
    for language in ("ko", "en"):
        click.echo(words[language].format(**values), err=True)
