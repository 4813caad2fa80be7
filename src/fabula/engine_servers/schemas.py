"""What the API of engine servers takes and gives. A key goes in and never comes out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

KindName = Literal["comfyui", "a1111", "openai-images", "openai-chat"]
_TEXT = r"^[^\x00]*$"
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=_TEXT)
]
AddressText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=_TEXT)
]
ModelName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=_TEXT)]
Username = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f\x7f:]*$")
]
Key = Annotated[SecretStr, Field(max_length=1000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EngineServerIn(Body):
    """A server to connect. ``model`` is the one of requests that name none; ``workflow`` is
    ComfyUI's, in API form. With a ``username``, which only A1111's API has, ``key`` is its
    password."""

    kind: KindName
    name: Name
    address: AddressText
    key: Key | None = None
    username: Username = ""
    model: ModelName = ""
    workflow: dict[str, Any] | None = None


class EngineServerPatch(Body):
    """What to change; what is left out stays. An empty ``key`` takes the key away, and another
    host or port takes it away too, unless it is given anew; the ``username`` goes with it."""

    name: Name | None = None
    address: AddressText | None = None
    key: Key | None = None
    username: Username | None = None
    model: ModelName | None = None
    workflow: dict[str, Any] | None = None
    enabled: bool | None = None


class EngineServerOut(BaseModel):
    """A server and what was found when it was last asked. ``engine_id`` is its name as an engine;
    ``fault`` says why it cannot be used, and is empty where it can."""

    id: UUID
    engine_id: str
    kind: KindName
    name: str
    address: str
    has_key: bool
    username: str
    model: str
    has_workflow: bool
    notes: list[str]
    enabled: bool
    works: bool
    fault: str
    checked_at: datetime | None
    answer_ms: int | None
    version: str
    models: list[str]
    samplers: int
    loras: int
    clip_models: list[str]
    created_at: datetime


class EngineDefaultIn(Body):
    """The engine of a use, by its id, and one of its models."""

    engine: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_TEXT)]
    model: ModelName = ""


class EngineDefaultOut(BaseModel):
    """``use`` is a job type, or ``text`` for the engine that writes."""

    use: str
    engine: str
    model: str
