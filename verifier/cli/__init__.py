"""Two command lines: `gwanin verifier …` for the desk, `gwanin-verify` for anybody with a file."""
