"""The trail: one entry for every privileged or security-relevant action, in a signed chain.

An entry is a row of ``user_activity_log``. Its HMAC-SHA256 (RFC 2104), under a key derived from the
studio's secret, covers every stored column of the row, its number and the HMAC before it.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail_repository as repository
from fabula.accounts.caller import Caller
from fabula.accounts.trail_repository import Head, Link
from fabula.core.database import elevated
from fabula.core.errors import Conflict

COMMAND_LINE = "command line"
_AGENT_MAX = 300
_PURPOSE = b"fabula trail 1"


class Action(StrEnum):
    """What the trail knows. The names are stored: they are added to and never changed."""

    TRAIL_BEGUN = "trail.begun"
    SIGNED_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGNED_OUT = "sign_out"
    SIGN_IN_LINK_MADE = "sign_in_link.made"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - a name
    KEY_MADE = "api_key.made"
    KEY_REVOKED = "api_key.revoked"
    KEYS_REVOKED = "api_keys.revoked"
    SESSION_REVOKED = "session.revoked"
    SESSIONS_REVOKED = "sessions.revoked"
    ACCOUNT_MADE = "account.made"
    ACCOUNT_SUSPENDED = "account.suspended"
    ACCOUNT_RESTORED = "account.restored"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"
    FACTOR_ADDED = "two_factor.added"
    FACTOR_REMOVED = "two_factor.removed"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_REMOVED = "identity.removed"
    RECOVERY_CODES_MADE = "recovery_codes.made"
    ACCOUNT_DELETED = "account.deleted"
    DATA_EXPORTED = "data.exported"
    CREDITS_GRANTED = "credits.granted"
    PLAN_CHANGED = "plan.changed"
    LEDGER_EXPORTED = "ledger.exported"
    ACTIVITY_EXPORTED = "activity.exported"
    MODEL_CONFIG_SAVED = "model_config.saved"
    MODEL_CONFIG_ACTIVATED = "model_config.activated"
    MODEL_CONFIG_DEACTIVATED = "model_config.deactivated"
    ENGINE_SERVER_ADDED = "engine_server.added"
    ENGINE_SERVER_CHANGED = "engine_server.changed"
    ENGINE_SERVER_TESTED = "engine_server.tested"
    ENGINE_SERVER_REMOVED = "engine_server.removed"
    ENGINE_CHOSEN = "engine.chosen"
    MODEL_UPLOAD_BEGUN = "model_upload.begun"
    MODEL_UPLOAD_CANCELLED = "model_upload.cancelled"
    MODEL_FILE_INSTALLED = "model_file.installed"
    MODEL_FILE_REMOVED = "model_file.removed"
    MODEL_FOLDERS_SCANNED = "model_folders.scanned"
    PROMPT_CACHE_REFRESHED = "prompt_cache.refreshed"
    TEMPLATE_MADE = "template.made"
    TEMPLATE_VERSION_SAVED = "template.version_saved"
    TEMPLATE_PUBLISHED = "template.published"
    TEMPLATE_CHANGED = "template.changed"
    TEMPLATE_LABELLED = "template.labelled"
    TEMPLATE_DELETED = "template.deleted"
    TEMPLATES_IMPORTED = "templates.imported"
    PRESET_MADE = "preset.made"
    PRESET_CHANGED = "preset.changed"
    PRESET_DELETED = "preset.deleted"
    WEIGHTS_MADE = "weights.made"
    WEIGHTS_CHANGED = "weights.changed"
    WEIGHTS_DELETED = "weights.deleted"
    NEGATIVE_PROMPT_MADE = "negative_prompt.made"
    NEGATIVE_PROMPT_CHANGED = "negative_prompt.changed"
    NEGATIVE_PROMPTS_ORDERED = "negative_prompts.ordered"
    NEGATIVE_PROMPT_DELETED = "negative_prompt.deleted"
    CONTENT_REFUSED = "content.refused"
    CONTENT_CHOSEN = "content.chosen"
    AGE_VERIFIED = "age.verified"
    AGE_REFUSED = "age.refused"
    AGE_WITHDRAWN = "age.withdrawn"


async def record(
    session: AsyncSession,
    actor: Caller | None,
    action: Action,
    resource_type: str | None = None,
    resource_id: object = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    address: str | None = None,
    agent: str | None = None,
    actor_is_gone: bool = False,
) -> UUID:
    """Append one entry in the transaction of what it tells of; the entry's id.

    ``actor`` is None for the machine, and for whoever failed to sign in; ``before`` and ``after``
    hold what changed, as JSON and never a secret or a person's text. Address and agent are the
    actor's own unless given. Of an actor who is gone with this transaction, only the chain keeps
    the id. The end of the chain is locked until the transaction ends, so this comes last in it.
    """
    agent = agent or (actor.agent if actor else None)
    actor_id = actor.user_id if actor else None
    metadata = {"before": before, "after": after}
    values = {
        "user_id": None if actor_is_gone else actor_id,
        "action": str(action),
        "resource_type": resource_type,
        "resource_id": None if resource_id is None else str(resource_id),
        "metadata": json.dumps({k: v for k, v in metadata.items() if v is not None}, default=str),
        "address": address or (actor.address if actor else None),
        "agent": (agent or "")[:_AGENT_MAX] or None,
    }
    key = _key(session)
    async with elevated(session):
        last = await repository.lock_head(session)
        entry_id, stored = await repository.add_entry(session, values)
        mac = _mac(key, last.seq + 1, last.mac, actor_id, stored)
        signature = _signature(key, last.seq + 1, mac)
        head = Head(last.seq + 1, mac, signature)
        await repository.link(session, entry_id, actor_id, head)
    return entry_id


async def begin(session: AsyncSession) -> None:
    """Write the first entry, so that an empty trail is one that was emptied."""
    if (await repository.lock_head(session)).seq == 0:
        await record(session, None, Action.TRAIL_BEGUN, agent=COMMAND_LINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a walk over the trail found. ``fault`` is empty for a whole trail; ``seq`` and
    ``entry_id`` then name the last entry, else the first bad one where there is one."""

    entries: int
    fault: str
    seq: int
    entry_id: UUID | None
    head: str


async def verify(session: AsyncSession, noted_head: str | None = None) -> Finding:
    """Walk the whole chain. ``noted_head`` is the head that an earlier walk told: it must lie on
    the chain, which also finds a trail that was set back as a whole to an older state.

    The session must be a fresh one. Raises ``Conflict`` for a noted head that is not of the form
    NUMBER:HMAC.
    """
    key = _key(session)
    await repository.begin_snapshot(session)
    noted = _parse(noted_head) if noted_head else None
    seq, mac, entry_id = 0, b"", None
    async for row in repository.walk(session):
        entry_id = row.entry_id
        if row.seq != seq + 1:
            fault = f"Entry {seq + 1} is missing from the chain."
            return Finding(seq, fault, seq + 1, None, "")
        if fault := _fault(key, row, mac):
            return Finding(seq, fault, row.seq, row.entry_id, "")
        seq, mac = row.seq, row.mac
        if noted and noted.seq == seq and noted.mac != mac:
            fault = f"Entry {seq} is not the one whose head was noted."
            return Finding(seq, fault, seq, row.entry_id, "")
    fault = await _fault_at_the_end(session, key, Head(seq, mac), noted)
    if not fault and (stray := await repository.outside_the_chain(session)):
        return Finding(seq, "This row of the log was written beside the trail.", 0, stray, "")
    return Finding(seq, fault, seq, entry_id, "" if fault else f"{seq}:{mac.hex()}")


def _fault(key: bytes, row: Link, before: bytes) -> str:
    """What is wrong with one link, or nothing."""
    if row.stored is None:
        return f"The row of entry {row.seq} was removed from the log."
    mac = _mac(key, row.seq, before, row.actor_id, row.stored)
    if not hmac.compare_digest(mac, row.mac):
        return f"Entry {row.seq} was changed, or signed with another secret."
    if row.user_id != row.actor_id and (row.user_id is not None or row.actor_lives):
        return f"Entry {row.seq} names another actor than the one it was written for."
    return ""


async def _fault_at_the_end(
    session: AsyncSession, key: bytes, end: Head, noted: Head | None
) -> str:
    head = await repository.head(session)
    if head is None:
        return "The head of the trail is missing."
    if head.seq == 0 and end.seq == 0:
        gone = noted is not None or await repository.has_accounts(session)
        return "The trail is empty, although there are accounts." if gone else ""
    if not hmac.compare_digest(_signature(key, head.seq, head.mac), head.signature):
        return "The head of the trail is not signed by this studio."
    told = max(head.seq, noted.seq if noted else 0)
    if told > end.seq:
        return f"The end was cut off: there were {told} entries, and {end.seq} are there."
    if (head.seq, head.mac) != (end.seq, end.mac):
        return f"The head of the trail tells of {head.seq} entries, and {end.seq} are there."
    return ""


def _parse(noted: str) -> Head:
    form = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", noted)
    if form is None:
        raise Conflict(
            "A noted head is NUMBER:HMAC, as `fabula audit verify` tells it.", code="head_malformed"
        )
    return Head(int(form[1]), bytes.fromhex(form[2]))


def _key(session: AsyncSession) -> bytes:
    secret: bytes = session.info["secret"]
    if not secret:
        raise RuntimeError("This database was opened without the studio's secret.")
    return hmac.digest(secret, _PURPOSE, hashlib.sha256)


def _mac(key: bytes, seq: int, before: bytes, actor: UUID | None, stored: str) -> bytes:
    """The stored text is last, so that nothing in it can be taken for another part."""
    message = f"entry\n{seq}\n{before.hex()}\n{actor or ''}\n{stored}"
    return hmac.digest(key, message.encode(), hashlib.sha256)


def _signature(key: bytes, seq: int, mac: bytes) -> bytes:
    return hmac.digest(key, f"head\n{seq}\n{mac.hex()}".encode(), hashlib.sha256)
