"""What the API of identities gives."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from fabula.accounts.schemas import ProviderOut


class IdentityOut(BaseModel):
    """Who the account's person is at a provider; ``provider`` is null where the studio does not
    know that provider any more."""

    id: UUID
    provider: ProviderOut | None
    email: str | None
    created_at: datetime
    last_used_at: datetime


class LinkStartOut(BaseModel):
    """Where to send the browser."""

    url: str
