"""All tables, one module per owning domain. Structure only: no queries, no rules."""

from fabula.models.accounts import ActivityLogEntry, Profile, UsageLog, UserRole
from fabula.models.auth import Account, ApiKey, Identity, SignInLink, SignInSession
from fabula.models.base import ROLES, AppRole, Base
from fabula.models.characters import Character
from fabula.models.chat import CharacterScene, Conversation, Message
from fabula.models.experiments import ModelTestResult, PromptAbTest
from fabula.models.fleet import EngineMeasurement, Worker
from fabula.models.generation import Image, Job, ModelConfig, Video
from fabula.models.insights import ModelPerformanceLog
from fabula.models.library import Collection, LibraryAsset
from fabula.models.prompting import (
    CompelConfig,
    EnhancementPreset,
    NegativePrompt,
    PromptList,
    PromptSnippet,
    PromptTemplate,
    RememberedPrompt,
    TemplateLabel,
    TemplateVersion,
)
from fabula.models.runtime_config import SystemConfig
from fabula.models.storyboard import Project, Scene
from fabula.models.studio import (
    EngineServer,
    Erasure,
    FileFacts,
    IdempotencyKey,
    JobPreview,
    JobRun,
    LedgerAccount,
    LedgerEntry,
    LibraryFile,
    MediaFacts,
    Preference,
    StudioEvent,
    Upload,
    WorkspaceFile,
)
from fabula.models.workspace import WorkspaceAsset, WorkspaceItem, WorkspaceSession

__all__ = [
    "ROLES",
    "Account",
    "ActivityLogEntry",
    "ApiKey",
    "AppRole",
    "Base",
    "Character",
    "CharacterScene",
    "Collection",
    "CompelConfig",
    "Conversation",
    "EngineMeasurement",
    "EngineServer",
    "EnhancementPreset",
    "Erasure",
    "FileFacts",
    "IdempotencyKey",
    "Identity",
    "Image",
    "Job",
    "JobPreview",
    "JobRun",
    "LedgerAccount",
    "LedgerEntry",
    "LibraryAsset",
    "LibraryFile",
    "MediaFacts",
    "Message",
    "ModelConfig",
    "ModelPerformanceLog",
    "ModelTestResult",
    "NegativePrompt",
    "Preference",
    "Profile",
    "Project",
    "PromptAbTest",
    "PromptList",
    "PromptSnippet",
    "PromptTemplate",
    "RememberedPrompt",
    "Scene",
    "SignInLink",
    "SignInSession",
    "StudioEvent",
    "SystemConfig",
    "TemplateLabel",
    "TemplateVersion",
    "Upload",
    "UsageLog",
    "UserRole",
    "Video",
    "Worker",
    "WorkspaceAsset",
    "WorkspaceFile",
    "WorkspaceItem",
    "WorkspaceSession",
]
