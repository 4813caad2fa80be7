"""What the weights API takes and gives."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from fabula.core.text import no_null_bytes
from fabula.prompting.schemas import MAX_PROMPT

Dialect = Literal["a1111", "compel"]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(no_null_bytes),
]
Term = Annotated[str, StringConstraints(max_length=100), AfterValidator(no_null_bytes)]
Terms = Annotated[dict[Term, float], Field(max_length=6)]


class WeightSetIn(BaseModel):
    """A set of weights: terms with what each counts, from 0.1 to 2; 1 is neutral."""

    model_config = ConfigDict(extra="forbid")

    config_name: Name
    weights: Terms


class WeightSetChangeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    config_name: Name | None = None
    is_active: bool | None = None


class WeightSetOut(BaseModel):
    """``total_tests`` is how many ratings the average is made of; averages go from 0 to 10."""

    id: UUID
    config_name: str
    weights: dict[str, float]
    config_hash: str
    total_tests: int
    avg_quality: float | None
    avg_consistency: float | None
    is_active: bool
    created_at: datetime | None


class TranslateIn(BaseModel):
    """A prompt in one dialect, and terms to weigh in it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(max_length=MAX_PROMPT), AfterValidator(no_null_bytes)]
    dialect: Dialect = "a1111"
    weights: Terms | None = None


class SpanOut(BaseModel):
    text: str
    weight: float


class TranslateOut(BaseModel):
    """The prompt in every form. ``clauses`` are what an encoder reads; ``losses`` say what a
    dialect has no words for; ``tokens`` are those of the plain text by CLIP's tokenizer."""

    clauses: list[list[SpanOut]]
    a1111: str
    compel: str
    plain: str
    weights: dict[str, float]
    losses: dict[Dialect, list[str]]
    weighted: bool
    tokens: int
