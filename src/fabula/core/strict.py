"""The base of request bodies."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A request body: unknown fields are an error, so that a typing mistake shows."""

    model_config = ConfigDict(extra="forbid")
