"""Where settings come from, and which place wins."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from fabula.core.settings import Settings, default_data_dir


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to start in; no setting comes from the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FABULA_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def data_dir(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data = folder / "data"
    data.mkdir()
    monkeypatch.setenv("FABULA_DATA_DIR", str(data))
    return data


def test_the_environment_wins_over_dotenv_over_toml(
    folder: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data_dir / "fabula.toml").write_text('port = 1111\nhost = "toml"\ns3_region = "toml"\n')
    (folder / ".env").write_text("FABULA_PORT=2222\nFABULA_HOST=dotenv\n")
    monkeypatch.setenv("FABULA_PORT", "3333")
    settings = Settings()
    assert (settings.port, settings.host, settings.s3_region) == (3333, "dotenv", "toml")


def test_what_is_set_nowhere_has_its_default(data_dir: Path) -> None:
    settings = Settings()
    assert (settings.port, settings.host, settings.data_dir) == (8787, "127.0.0.1", data_dir)


def test_the_toml_file_lies_in_the_data_folder_that_dotenv_names(folder: Path) -> None:
    data = folder / "elsewhere"
    data.mkdir()
    (data / "fabula.toml").write_text("port = 1111\n")
    (folder / ".env").write_text(f"FABULA_DATA_DIR={data}\n")
    assert Settings().port == 1111


def test_the_toml_file_lies_in_the_data_folder_that_the_code_names(folder: Path) -> None:
    (folder / "fabula.toml").write_text("port = 1111\n")
    assert Settings(data_dir=folder).port == 1111


def test_lists_and_tables(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data_dir / "fabula.toml").write_text('[engine_options]\ncolour = "red"\n')
    monkeypatch.setenv("FABULA_WORKER_LANES", '["image"]')
    settings = Settings()
    assert settings.worker_lanes == ["image"]
    assert settings.engine_options == {"colour": "red"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "0"), ("PORT", "door"), ("WORKER_SLOTS", "17"), ("S3_REGION", None)],
)
def test_a_value_outside_its_limits_is_refused_by_name(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    if value is None:
        (data_dir / "fabula.toml").write_text("s3_region = 3\n")
    else:
        monkeypatch.setenv(f"FABULA_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_secrets_do_not_show(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "SECRET_KEY", "S3_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"FABULA_{name}", "hidden-words")
    assert "hidden-words" not in repr(Settings())


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, "http://127.0.0.1:8787"),
        ({"host": "0.0.0.0", "port": 80}, "http://127.0.0.1:80"),  # noqa: S104
        ({"host": "192.0.2.7"}, "http://192.0.2.7:8787"),
        ({"public_url": "https://studio.example/"}, "https://studio.example"),
    ],
)
def test_the_address_of_the_studio(data_dir: Path, values: dict[str, object], url: str) -> None:
    assert Settings(**values).base_url == url


def test_models_lie_in_the_data_folder_unless_said(data_dir: Path) -> None:
    assert Settings().models_folder == data_dir / "models"
    assert Settings(models_dir=Path("/srv/models")).models_folder == Path("/srv/models")


def test_a_checkout_keeps_its_data_beside_the_code() -> None:
    assert default_data_dir() == Path(__file__).resolve().parents[2] / ".fabula"
