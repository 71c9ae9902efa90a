"""What a page may load: nothing but what it carries itself."""

from __future__ import annotations

import base64
import hashlib
import json

__all__ = ["policy", "within_script"]


def policy(scripts: tuple[str, ...]) -> str:
    """Return the content security policy of a page: no network, and no script but these, by their checksums.

    Examples
    --------
    >>> policy(())
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
    """
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts
    )
    return "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'" + (
        f"; script-src {allowed}" if scripts else ""
    )


def within_script(value: object) -> str:
    """Return a value as JSON that ends no script.

    Examples
    --------
    >>> print(within_script({"name": "</script>"}))
    {"name":"\\u003c/script>"}
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
