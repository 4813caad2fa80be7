"""Declarative base and shared column types."""

from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql import ENUM
from sqlalchemy.orm import DeclarativeBase

ROLES = ("admin", "moderator", "premium_user", "basic_user", "guest")
AppRole = ENUM(*ROLES, name="app_role", schema="public", create_type=False)


class Base(DeclarativeBase):
    metadata = MetaData()
