"""What an API key may do: the scope that each request needs.

``read`` is every request that changes nothing; ``make`` queues and changes jobs; ``library``
changes the workspace and the library; ``admin`` is all else, such as credentials and other people,
and only with it do the roles of the person count.
"""

from typing import Literal

Scope = Literal["read", "make", "library", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "make", "library", "admin")
USUAL: tuple[Scope, ...] = ("read", "make", "library")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BY_AREA: dict[str, Scope] = {
    "jobs": "make",
    "uploads": "make",
    "prompts": "make",
    "prompt-book": "make",
    "workspace": "library",
    "library": "library",
}
# They change more than their area says.
_ADMIN = (
    "prompts/cache/",
    "prompts/templates",
    "prompts/negatives",
    "prompts/presets",
    "prompts/weights",
)


def needed(method: str, path: str) -> Scope:
    """The scope for a request; ``path`` begins with /api/. What is not known needs ``admin``."""
    if method in SAFE_METHODS:
        return "read"
    rest = path.removeprefix("/api/")
    if rest.endswith("/again"):
        return "make"
    if rest.startswith(_ADMIN):
        return "admin"
    return _BY_AREA.get(rest.split("/", 1)[0], "admin")
