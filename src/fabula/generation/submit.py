"""Accepting a job: check everything first, then write it, its run and its cards in one commit."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.core.database import elevated
from fabula.core.errors import Invalid
from fabula.engine_servers import defaults, directory
from fabula.engines.base import ImageCapabilities
from fabula.engines.registry import EngineRegistry
from fabula.events import live
from fabula.events.domain import DomainEvents
from fabula.generation import model_config_repository, repository
from fabula.generation.clip_settings import check_kind, clip_length, shaped_like
from fabula.generation.engine_choice import (
    Capabilities,
    Choice,
    choose,
    nearest_size,
    own_settings,
    refuse_impossible,
    snapped,
    within,
)
from fabula.generation.errors import KeyReused
from fabula.generation.events import JobAccepted
from fabula.generation.job_types import JOB_TYPES, JobType, with_config
from fabula.generation.provenance import FrozenMotion, Provenance
from fabula.generation.reading import warnings_of
from fabula.generation.schemas import MAX_SEED, JobIn
from fabula.generation.sources import sources_of
from fabula.generation.wording import settle
from fabula.models import IdempotencyKey, Job, JobRun
from fabula.moderation.policy import screen
from fabula.moderation.rating import strictest
from fabula.prompting.book import service as prompt_book
from fabula.prompting.presets import service as presets
from fabula.prompting.weights.syntax import readings
from fabula.queue import leases
from fabula.runtime_config.service import RuntimeConfig


@dataclass(frozen=True, slots=True)
class Desk:
    """What accepting a job needs beside the session."""

    registry: EngineRegistry
    events: DomainEvents
    config: RuntimeConfig = field(default_factory=RuntimeConfig)


def job_type_named(name: str) -> JobType:
    if name not in JOB_TYPES:
        raise Invalid(
            f"There is no job type {name!r}: use one of {', '.join(JOB_TYPES)}.", field="job_type"
        )
    return JOB_TYPES[name]


async def submit(
    session: AsyncSession, caller: Caller, body: JobIn, desk: Desk, *, key: str | None = None
) -> UUID:
    """Accept a job. The same idempotency key and body give the same job."""
    digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
    if key:
        await repository.lock_key(session, caller.user_id, key)
        known = await repository.idempotent_job(session, caller.user_id, key)
        if known and known.request_hash != digest:
            raise KeyReused
        if known:
            return known.job_id
    provenance = await _plan(session, caller, body, desk)
    judge(provenance)
    job_id = await write_job(session, caller, provenance, body.destination, desk)
    await prompt_book.remember(
        session,
        caller.user_id,
        body.prompt,
        body.negative_prompt or "",
        JOB_TYPES[provenance.job_type].format,
    )
    if key:
        session.add(
            IdempotencyKey(user_id=caller.user_id, key=key, request_hash=digest, job_id=job_id)
        )
        await session.flush()
    return job_id


async def resubmit(
    session: AsyncSession,
    caller: Caller,
    old: Provenance,
    destination: str,
    desk: Desk,
    *,
    retry_of: UUID | None = None,
) -> UUID:
    """The same parameters once more, on the engine that made them where it still runs here."""
    job_type = job_type_named(old.job_type)
    await directory.refresh(session, desk.registry)
    entry = desk.registry.get(old.engine_id)
    if entry and entry.availability.available:
        choice = Choice(entry, model=old.model_name or "")
    else:
        used = (await defaults.read(session, desk.config)).get(job_type.name)
        choice = choose(job_type, desk.registry, default=used)
    chosen = choice.chosen
    warnings = []
    if (chosen.info.id, chosen.info.version) != (old.engine_id, old.engine_version):
        warnings.append(
            {
                "code": "engine_changed",
                "message": f"Made by {chosen.info.name} {chosen.info.version}; the first one was "
                f"made by {old.engine_id} {old.engine_version}, so this one may differ.",
            }
        )
    fresh = old.model_copy(
        update={
            "engine_id": chosen.info.id,
            "engine_version": chosen.info.version,
            "model": choice.model or chosen.info.model,
            "model_name": choice.model or None,
            "unit_credits": job_type.credits,
            "retry_of": retry_of,
            "warnings": warnings,
            "effective": {},
            "mode": strictest(old.mode, caller.mode),
            "reads_weights": _reads_weights(choice),
        }
    )
    fresh = _warned(fresh)
    judge(fresh)
    return await write_job(session, caller, fresh, destination, desk)


def judge(plan: Provenance) -> None:
    """Ask the content policy about everything that a person wrote, and what became of it. Raises
    ``ContentRefused``."""
    written = readings(plan.prompt_original, plan.prompt_syntax)
    if plan.prompt_final is not None:
        written += readings(plan.prompt_final, plan.final_syntax)
    terms = plan.weights.terms if plan.weights else ()
    screen(
        dict.fromkeys((*written, *terms, plan.controls.style)),
        negative=" ".join(readings(plan.negative_prompt, plan.prompt_syntax)),
        mode=plan.mode,
        brought=plan.brought,
    )


async def _plan(session: AsyncSession, caller: Caller, body: JobIn, desk: Desk) -> Provenance:
    base = job_type_named(body.job_type)
    async with elevated(session):
        await directory.refresh(session, desk.registry)
        config = await model_config_repository.active(session, base.family)
        used = (await defaults.read(session, desk.config)).get(base.name)
    job_type = with_config(base, config.config_data if config else None)
    choice = choose(job_type, desk.registry, default=used, engine=body.engine, model=body.model)
    job_type = own_settings(job_type, choice)
    limits = choice.capabilities
    check_kind(body, limits)
    refuse_impossible(body, job_type, choice, desk.registry)
    sources = await sources_of(session, caller, body)
    if sources.first:
        job_type = shaped_like(sources.first, job_type, limits)
    width, height, warnings = _size(body, job_type, limits)
    wording = await settle(session, body, job_type)
    length = clip_length(body, job_type, limits)
    if body.seed is not None and isinstance(limits, ImageCapabilities) and not limits.seeds:
        message = "This engine takes no seed: the same job gives another picture."
        warnings.append({"code": "seed_ignored", "message": message})
    plan = Provenance(
        job_type=job_type.name,
        prompt_original=body.prompt,
        prompt_final=wording.final,
        prompt_syntax=body.prompt_syntax,
        reads_weights=_reads_weights(choice),
        preset=wording.preset,
        weights=wording.weights,
        controls=wording.controls,
        negative_prompt=body.negative_prompt or "",
        negative_final=_negative(body, choice, limits),
        seed=secrets.randbelow(MAX_SEED) if body.seed is None else body.seed,
        count=body.count,
        width=width,
        height=height,
        steps=int(within("steps", limits.steps, body.steps, job_type.steps)),
        guidance_scale=within(
            "guidance_scale", limits.guidance_scale, body.guidance_scale, job_type.guidance_scale
        ),
        frames=length.frames,
        fps=length.fps,
        reference=sources.reference,
        first_frame=sources.first_frame,
        last_frame=sources.last_frame,
        motion=FrozenMotion(**body.motion.model_dump()) if body.motion else None,
        mode=sources.mode,
        rewriting=wording.rewriting,
        engine_id=choice.chosen.info.id,
        engine_version=choice.chosen.info.version,
        model=choice.model or choice.chosen.info.model,
        model_name=choice.model or None,
        scheduler=body.scheduler,
        model_config_id=config.id if config else None,
        unit_credits=job_type.credits,
        warnings=[*warnings, *wording.warnings],
    )
    return _warned(plan)


def _warned(plan: Provenance) -> Provenance:
    return plan.model_copy(update={"warnings": [*plan.warnings, *warnings_of(plan)]})


def _reads_weights(choice: Choice) -> bool:
    limits = choice.capabilities
    return isinstance(limits, ImageCapabilities) and limits.weights


def _negative(body: JobIn, choice: Choice, limits: Capabilities) -> str | None:
    """The negative prompt for the engine, or None when the studio's own words are to join it. The
    studio's words are written for the model: an engine that stands in for it gets the person's."""
    if not limits.negative_prompt:
        return ""
    return body.negative_prompt or "" if choice.chosen.info.stand_in else None


def _size(
    body: JobIn, job_type: JobType, limits: Capabilities
) -> tuple[int, int, list[dict[str, str]]]:
    """Legal width and height; a size between the engine's steps is moved, and said so."""
    width = within("width", limits.width, body.width, job_type.width)
    height = within("height", limits.height, body.height, job_type.height)
    if isinstance(limits, ImageCapabilities) and limits.sizes:
        return *nearest_size(limits.sizes, width, height), []
    legal = snapped(limits.width, width), snapped(limits.height, height)
    asked = body.width is not None or body.height is not None
    if not asked or legal == (width, height):
        return *legal, []
    message = f"Made at {legal[0]} x {legal[1]}: this engine's sizes go in steps of "
    message += f"{limits.width.step:g} pixels."
    return *legal, [{"code": "size_snapped", "message": message}]


async def write_job(
    session: AsyncSession, caller: Caller, provenance: Provenance, destination: str, desk: Desk
) -> UUID:
    job_type = JOB_TYPES[provenance.job_type]
    job = Job(
        user_id=caller.user_id,
        job_type=job_type.name,
        status="queued",
        format=job_type.format,
        quality=job_type.quality,
        model_type=job_type.family,
        original_prompt=provenance.prompt_original,
        destination=destination,
        metadata_=provenance.dump(),
        compel_weights=provenance.weights.terms if provenance.weights else None,
        **_rewritten_columns(provenance),
    )
    session.add(job)
    await session.flush()
    session.add(
        JobRun(
            job_id=job.id,
            user_id=caller.user_id,
            lane=job_type.format,
            engine_id=provenance.engine_id,
            model=provenance.model_name or "",
            job_type=job_type.name,
            output_count=provenance.count,
            pixels=provenance.width * provenance.height,
            retry_of=provenance.retry_of,
            rating=provenance.mode,
        )
    )
    await session.flush()
    async with elevated(session):
        await desk.events.emit(
            session, JobAccepted(job.id, caller.user_id, provenance, destination)
        )
    await live.publish(
        session, caller.user_id, "job.updated", {"job_id": str(job.id), "status": "queued"}
    )
    await leases.wake_workers(session)
    if provenance.preset:
        await presets.count_use(session, provenance.preset.id)
    return job.id


def _rewritten_columns(provenance: Provenance) -> dict[str, Any]:
    """The columns of a prompt whose final form is known when its job is accepted."""
    final = provenance.prompt_final
    if final is None or final == provenance.prompt_original:
        return {}
    strategy = provenance.rewriting.strategy or "accepted"
    return {"enhanced_prompt": final, "enhancement_strategy": strategy}
