"""The registry: every engine is found, none can break the studio."""

import tomllib
from pathlib import Path

import pytest

from fabula.engines.base import Availability, EngineContext, EngineInfo, Modality
from fabula.engines.image.reference_card import CAPABILITIES, ReferenceCard
from fabula.engines.locate import engine_class
from fabula.engines.registry import BUILT_IN, GROUP, LOOK_AGAIN_SECONDS, EngineRegistry

CARD = "fabula.engines.image.reference_card:ReferenceCard"
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
CONTEXT = EngineContext(models_dir="/nonexistent")


def test_the_built_in_engines_are_the_entry_points_of_the_package() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    assert project["entry-points"][GROUP] == BUILT_IN


def test_built_in_engines_come_first_and_extra_ones_are_added() -> None:
    registry = EngineRegistry(CONTEXT, [CARD])
    ids = [entry.info.id for entry in registry.all()]
    assert ids[: len(BUILT_IN)] == list(BUILT_IN)
    assert ids[-1] == "reference-card"


def test_an_entry_says_what_the_engine_can_do() -> None:
    entry = EngineRegistry(CONTEXT, [CARD]).get("reference-card")
    assert entry is not None
    assert entry.path == CARD
    assert entry.info is ReferenceCard.info
    assert entry.availability.available
    assert entry.capabilities == CAPABILITIES


def test_engines_are_made_by_id() -> None:
    registry = EngineRegistry(CONTEXT, [CARD])
    assert isinstance(registry.make("reference-card"), ReferenceCard)
    assert registry.get("no-such-engine") is None
    with pytest.raises(KeyError):
        registry.make("no-such-engine")


@pytest.mark.parametrize(
    ("path", "engine_id", "reason"),
    [
        ("no.such.module:Engine", "Engine", "ModuleNotFoundError"),
        ("engine_samples:Missing", "Missing", "has no class Missing"),
        ("engine_samples:not_a_class", "not_a_class", "has no class not_a_class"),
        ("engine_samples", "engine_samples", "module:Class"),
        ("engine_samples:CannotBeMade", "reference-card", "no licence key"),
        ("engine_samples:CannotSay", "reference-card", "driver does not answer"),
        ("pathlib:Path", "Path", "AttributeError"),
    ],
)
def test_a_broken_engine_is_listed_with_its_reason(path: str, engine_id: str, reason: str) -> None:
    registry = EngineRegistry(CONTEXT, [path, f"{__name__}:Other"])
    entry = registry.get(engine_id)
    assert entry is not None
    assert not entry.availability.available
    assert entry.capabilities is None
    assert reason in entry.availability.reason
    assert path in entry.availability.remedy
    other = registry.get("other")
    assert other is not None
    assert other.availability.available


class Other(ReferenceCard):
    info = EngineInfo("other", "Other", Modality.IMAGE, "1", "Another card.", "none", "MIT")


def test_the_kind_of_an_unreadable_engine_is_guessed_from_its_path() -> None:
    registry = EngineRegistry(CONTEXT, ["mine.video.engine:Clips", "mine.engine:Pictures"])
    kinds = {entry.info.id: entry.info.modality for entry in registry.all()}
    assert kinds["Clips"] is Modality.VIDEO
    assert kinds["Pictures"] is Modality.IMAGE


def test_the_first_of_two_engines_with_one_id_is_used() -> None:
    registry = EngineRegistry(CONTEXT, [CARD, "engine_samples:Odd"])
    entry = registry.get("reference-card")
    assert entry is not None
    assert entry.path == CARD
    assert sum(e.info.id == "reference-card" for e in registry.all()) == 1


def test_an_installed_package_adds_its_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "third_party-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(
        f"[{GROUP}]\ncanvas = third_party_engine:Canvas\nbroken = third_party_engine:Gone\n"
    )
    (tmp_path / "third_party_engine.py").write_text(
        "from dataclasses import replace\n"
        "from fabula.engines.image.reference_card import ReferenceCard\n"
        "class Canvas(ReferenceCard):\n"
        "    info = replace(ReferenceCard.info, id='canvas')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    registry = EngineRegistry(CONTEXT)
    canvas, broken = registry.get("canvas"), registry.get("broken")
    assert canvas is not None
    assert canvas.availability.available
    assert broken is not None
    assert not broken.availability.available


def test_availability_is_looked_up_again_after_a_while(tmp_path: Path) -> None:
    now = 0.0
    registry = EngineRegistry(
        EngineContext(models_dir=str(tmp_path)), [f"{__name__}:NeedsFile"], clock=lambda: now
    )

    def available() -> bool:
        entry = registry.get("needs-file")
        assert entry is not None
        return entry.availability.available

    assert not available()
    (tmp_path / "model").touch()
    assert not available()
    now = LOOK_AGAIN_SECONDS
    assert available()


class NeedsFile(ReferenceCard):
    info = EngineInfo("needs-file", "Needs a file", Modality.IMAGE, "1", "A card.", "none", "MIT")

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._model = Path(context.models_dir, "model")

    def availability(self) -> Availability:
        return Availability(self._model.exists(), "No model.", "Put it there.")


def test_a_path_leads_to_its_class() -> None:
    assert engine_class(CARD) is ReferenceCard
    for wrong in ("", "os", ":Engine", "os:"):
        with pytest.raises(ValueError, match="module:Class"):
            engine_class(wrong)
