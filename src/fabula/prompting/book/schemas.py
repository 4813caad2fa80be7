"""What the prompt book's API takes and gives."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from fabula.core.text import no_null_bytes
from fabula.prompting.schemas import MAX_PROMPT, MAX_SEED

ListName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")]
SnippetName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^/\x00-\x1f]+$"
    ),
]
Prompt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT),
    AfterValidator(no_null_bytes),
]
Entry = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(no_null_bytes),
]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,59}$")]
Value = Annotated[str, StringConstraints(max_length=500), AfterValidator(no_null_bytes)]


class RememberedOut(BaseModel):
    id: UUID
    prompt: str
    negative_prompt: str
    format: Literal["image", "video"]
    uses: int
    is_favorite: bool
    created_at: datetime
    last_used_at: datetime


class MarkIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    is_favorite: bool


class ForgottenOut(BaseModel):
    forgotten: int


class ListIn(BaseModel):
    """The entries of a list, each a prompt of its own with choices and lists where it likes."""

    model_config = ConfigDict(extra="forbid")

    entries: list[Entry] = Field(min_length=1, max_length=2000)


class ListOut(BaseModel):
    name: str
    entries: list[str]
    updated_at: datetime


class SnippetIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Prompt


class SnippetOut(BaseModel):
    name: str
    text: str
    updated_at: datetime


class ExpandIn(BaseModel):
    """A prompt with `{a|b}`, `__list__` or `${variable}`. ``all`` gives the combinations in order,
    ``random`` as many as are asked for by ``seed``."""

    model_config = ConfigDict(extra="forbid")

    prompt: Prompt
    values: dict[VariableName, Value] = Field(default={}, max_length=50)
    mode: Literal["all", "random"] = "all"
    count: int = Field(default=20, ge=1, le=200)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, strict=True)


class ExpandOut(BaseModel):
    """``total`` is how many combinations there are, as text where JSON numbers end; ``seed`` gives
    the same sample again."""

    total: int | str
    prompts: list[str]
    lists: list[str]
    variables: list[str]
    seed: int | None
