"""What each role may do, by name. Row-level security holds the same rules beneath."""

from enum import StrEnum


class Permission(StrEnum):
    MAKE = "make"
    KEEP = "keep"
    REVIEW = "review"
    PEOPLE = "people"
    CREDITS = "credits"
    ACTIVITY = "activity"
    TEMPLATES = "templates"
    MODELS = "models"
    ENGINES = "engines"
    MODEL_FILES = "model_files"
    PERMISSIONS = "permissions"


DESCRIPTIONS: dict[Permission, str] = {
    Permission.MAKE: "Queue, cancel and repeat own jobs, and rewrite prompts.",
    Permission.KEEP: "Change the own workspace and library.",
    Permission.REVIEW: "Read the jobs, outputs and profiles of everybody, for review.",
    Permission.PEOPLE: "Make, suspend and restore accounts, their roles, sessions and keys.",
    Permission.CREDITS: "Give and take credits, set plans, and read everybody's ledger and usage.",
    Permission.ACTIVITY: "Read everybody's activity, and check that the trail is whole.",
    Permission.TEMPLATES: "Read, write and publish prompt templates and negative prompts.",
    Permission.MODELS: "Read, save and activate model configurations.",
    Permission.ENGINES: "Connect, change, test and remove engine servers, and choose engines.",
    Permission.MODEL_FILES: "See, install and remove model files.",
    Permission.PERMISSIONS: "Read what roles may do, here and in the database.",
}
_PERSON = frozenset({Permission.MAKE, Permission.KEEP})
BY_ROLE: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "moderator": _PERSON | {Permission.REVIEW},
    "premium_user": _PERSON,
    "basic_user": _PERSON,
    "guest": frozenset(),
}
