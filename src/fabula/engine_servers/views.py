"""Servers as the API and the command line show them."""

from contextlib import suppress
from typing import cast

from fabula.engine_servers.schemas import EngineServerOut, KindName
from fabula.engines.remote.comfyui_workflow import BadWorkflow, read_workflow
from fabula.engines.remote.connection import Facts
from fabula.models import EngineServer


def server_out(row: EngineServer) -> EngineServerOut:
    facts = Facts.read(row.facts)
    return EngineServerOut(
        id=row.id,
        engine_id=row.engine_id,
        kind=cast("KindName", row.kind),
        name=row.name,
        address=row.address,
        has_key=row.sealed_key is not None,
        username=row.username,
        model=row.model,
        has_workflow=row.workflow is not None,
        notes=_notes(row),
        enabled=row.enabled,
        works=row.enabled and row.checked_at is not None and not row.fault,
        fault=row.fault,
        checked_at=row.checked_at,
        answer_ms=row.answer_ms,
        version=facts.version,
        models=list(facts.models),
        samplers=len(facts.samplers),
        loras=len(facts.loras),
        clip_models=list(facts.clip_models),
        created_at=row.created_at,
    )


def _notes(row: EngineServer) -> list[str]:
    """What the workflow decides itself."""
    if row.workflow is not None:
        with suppress(BadWorkflow):
            return list(read_workflow(row.workflow).notes)
    return []
