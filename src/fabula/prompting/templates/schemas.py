"""What the templates API takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from fabula.core.text import no_null_bytes
from fabula.prompting.schemas import (
    MAX_PROMPT,
    MAX_SEED,
    TemplateOut,
    TextEngineOut,
    TraceOut,
    UsedTemplateOut,
)
from fabula.prompting.templates.service import Place, Text

MAX_TEXT = 40_000
MAX_VERSION = 2**31 - 1
Enhancer = Literal["qwen_instruct", "qwen_base"]
Target = Literal["sdxl", "wan"]
Made = Literal["image", "video", "chat"]
Mode = Literal["sfw", "nsfw", "admin"]
TalkName = Literal[
    "chat_general",
    "chat_creative",
    "chat_admin",
    "chat_sdxl_conversion",
    "roleplay",
    "character_roleplay",
    "scene_generation",
    "scene_narrative_generation",
]
UseCaseName = Literal["enhancement", TalkName]


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(no_null_bytes),
]
Message = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(no_null_bytes),
]
Remarks = Annotated[str, StringConstraints(max_length=2000), AfterValidator(no_null_bytes)]
Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_TEXT),
    AfterValidator(no_null_bytes),
]
Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]


class TextIn(BaseModel):
    """What a version says. ``token_limit`` bounds the answer of the model that reads it."""

    model_config = ConfigDict(extra="forbid")

    system_prompt: Body
    token_limit: int | None = Field(default=None, ge=1, le=100_000)
    description: Remarks | None = None
    comment: Remarks | None = None

    def text(self) -> Text:
        return Text(self.system_prompt, self.token_limit, self.description, self.comment)


class TemplateIn(TextIn):
    """A new template."""

    template_name: Name
    enhancer_model: Enhancer = "qwen_instruct"
    use_case: UseCaseName
    content_mode: Mode = "sfw"
    target_model: Target | None = None
    job_type: Made | None = None

    def place(self) -> Place:
        return Place(
            self.template_name,
            self.enhancer_model,
            self.use_case,
            self.content_mode,
            self.target_model,
            self.job_type,
        )


class NewTemplateIn(TemplateIn):
    message: Message = "First version"


class NewVersionIn(TextIn):
    """``based_on`` is the newest version that the author has seen."""

    message: Message
    based_on: int | None = Field(default=None, ge=1)


class TemplateChangeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    template_name: Name | None = None
    is_active: bool | None = None


class DuplicateIn(BaseModel):
    """What the copy is called and, where it differs, what it is for."""

    model_config = ConfigDict(extra="forbid")

    template_name: Name
    enhancer_model: Enhancer | None = None
    use_case: UseCaseName | None = None
    content_mode: Mode | None = None
    target_model: Target | None = None
    job_type: Made | None = None


class PublishIn(BaseModel):
    """``replace`` switches off another template that is in use for the same requests."""

    model_config = ConfigDict(extra="forbid")

    replace: bool = False


class LabelIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=MAX_VERSION)


class CheckIn(BaseModel):
    """A text to look at, saved or not."""

    model_config = ConfigDict(extra="forbid")

    system_prompt: Annotated[
        str, StringConstraints(max_length=MAX_TEXT), AfterValidator(no_null_bytes)
    ]
    use_case: UseCaseName
    target_model: Target | None = None
    token_limit: int | None = Field(default=None, ge=1, le=100_000)


class TryIn(BaseModel):
    """A text for rewriting prompts, saved or not, and a prompt to rewrite with it."""

    model_config = ConfigDict(extra="forbid")

    system_prompt: Body
    token_limit: int | None = Field(default=None, ge=1, le=100_000)
    target_model: Target = "sdxl"
    job_type: Literal["image", "video"] = "image"
    content_mode: Literal["sfw", "nsfw"] = "sfw"
    prompt: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT),
        AfterValidator(no_null_bytes),
    ]
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, strict=True)


class AnswerIn(BaseModel):
    """A text for anything but rewriting, saved or not, and a message to answer by it."""

    model_config = ConfigDict(extra="forbid")

    system_prompt: Body
    token_limit: int | None = Field(default=None, ge=1, le=2048)
    use_case: TalkName
    content_mode: Mode = "sfw"
    message: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT),
        AfterValidator(no_null_bytes),
    ]
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, strict=True)


class AnswerOut(BaseModel):
    """What the text engine answered, by ``system_prompt``: the text with a sample in its
    placeholders. ``ended`` is ``time`` where it took too long, and ``refused`` where the content
    policy refuses what it wrote, which is left out then; ``tokens`` is null where the engine does
    not count."""

    text: str
    system_prompt: str
    engine: TextEngineOut
    ended: Literal["stop", "length", "time", "refused"]
    tokens: int | None
    time_ms: int


class ImportIn(BaseModel):
    """A file that was exported, as text. ``dry_run`` says what would happen and changes nothing."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(min_length=1, max_length=8_000_000)]
    dry_run: bool = False


class LabelOut(BaseModel):
    label: str
    version: int


class TemplateDetailOut(TemplateOut):
    """``latest_version`` is above ``version`` where a draft waits."""

    latest_version: int
    labels: list[LabelOut]


class VersionOut(BaseModel):
    """``in_use`` is the one that requests get now."""

    number: int
    system_prompt: str
    token_limit: int | None
    description: str | None
    comment: str | None
    message: str
    author: str | None
    created_at: datetime
    published_at: datetime | None
    in_use: bool
    labels: list[str]


class PieceOut(BaseModel):
    text: str
    changed: bool


class DiffLineOut(BaseModel):
    """``old`` and ``new`` are line numbers; null on the side where the line is not."""

    kind: Literal["same", "removed", "added"]
    old: int | None
    new: int | None
    pieces: list[PieceOut]


class DiffOut(BaseModel):
    """What changed in the text, and in the limit."""

    old_version: int
    new_version: int
    lines: list[DiffLineOut]
    old_token_limit: int | None
    new_token_limit: int | None


class RemarkOut(BaseModel):
    level: Literal["error", "warning"]
    code: str
    message: str
    field: str


class CheckOut(BaseModel):
    """``tokens`` are an estimate by CLIP's tokenizer."""

    tokens: int
    placeholders_used: list[str]
    placeholders_unused: list[str]
    remarks: list[RemarkOut]


class UseCaseOut(BaseModel):
    name: str
    label: str
    placeholders: list[str]
    least_tokens: int
    most_tokens: int


class SimulationOut(BaseModel):
    """Which template a request would get, and why; ``sentences`` say the trace in words."""

    template: UsedTemplateOut
    fallback_level: Literal["exact", "swap_enhancer", "milder_mode", "built_in"]
    system_prompt: str
    token_limit: int | None
    trace: TraceOut
    sentences: list[str]


class CellOut(BaseModel):
    """A kind of request, and the step and template that answer it."""

    use_case: str
    target_model: str | None
    job_type: str | None
    enhancer_model: str
    content_mode: str
    step: Literal["exact", "swap_enhancer", "milder_mode", "built_in"]
    template: UsedTemplateOut


class CoverageOut(BaseModel):
    cells: list[CellOut]
    exact: int
    built_in: int


class ImportedOut(BaseModel):
    template_name: str
    done: Literal["new", "version", "same"]


class ImportOut(BaseModel):
    dry_run: bool
    items: list[ImportedOut]
