"""Who may do what with the rows of a table, read from its grants and its policies.

A policy of ours names whom it lets in by what it asks: ``studio.caller()`` is the row's owner,
``studio.caller_has('admin')`` a role, ``is_public`` everybody. Restrictive policies narrow what a
row may hold and are left out, but for the ones that keep guests from writing. The tests compare
the result with what every role can really do.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fabula.accounts.oversight.repository import PolicyRow, TableRow
from fabula.models import ROLES

Word = Literal["none", "own", "own_fields", "public", "all", "all_fields"]
"""``public`` is own rows and those that their owners show; ``_fields`` is some of the columns."""

_VERBS = {"read": "SELECT", "create": "INSERT", "update": "UPDATE", "delete": "DELETE"}
_ROLE = re.compile(r"caller_has\('(\w+)'")
_OWNER = "studio.caller()"
_PUBLIC = "is_public"
_GUEST = "caller_is_guest"


@dataclass(frozen=True, slots=True)
class RoleAccess:
    """What a role may do with the rows of one table."""

    read: Word
    create: Word
    update: Word
    delete: Word


@dataclass(frozen=True, slots=True)
class TableAccess:
    name: str
    roles: dict[str, RoleAccess]


def access_of(tables: Iterable[TableRow], policies: Iterable[PolicyRow]) -> list[TableAccess]:
    """Every table with what each role may do in it, in the order of ``tables``."""
    found: dict[tuple[str, str], list[PolicyRow]] = defaultdict(list)
    for policy in policies:
        found[policy.schema, policy.name].append(policy)
    return [_table(table, found[table.schema, table.name]) for table in tables]


def _table(table: TableRow, policies: list[PolicyRow]) -> TableAccess:
    name = table.name if table.schema == "public" else f"{table.schema}.{table.name}"
    roles = {
        role: RoleAccess(
            read=_word(table.may_read, policies, "read", role),
            create=_word(table.may_create, policies, "create", role),
            update=_update(table, policies, role),
            delete=_word(table.may_delete, policies, "delete", role),
        )
        for role in ROLES
    }
    return TableAccess(name, roles)


def _update(table: TableRow, policies: list[PolicyRow], role: str) -> Word:
    word = _word(table.may_update_some, policies, "update", role)
    if table.may_update or word not in {"own", "all"}:
        return word
    return "own_fields" if word == "own" else "all_fields"


def _word(granted: bool, policies: list[PolicyRow], verb: str, role: str) -> Word:
    asked = [policy for policy in policies if policy.verb in {_VERBS[verb], "ALL"}]
    kept_out = any(policy.restrictive and _GUEST in policy.condition for policy in asked)
    if not granted or (role == "guest" and kept_out):
        return "none"
    conditions = [policy.condition for policy in asked if not policy.restrictive]
    if any(role in _ROLE.findall(condition) for condition in conditions):
        return "all"
    if verb == "read" and any(_PUBLIC in condition for condition in conditions):
        return "public"
    return "own" if any(_OWNER in condition for condition in conditions) else "none"
