"""Accepting a job: check everything first, then write it, its run and its cards in one commit."""

import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.core.database import elevated
from fabula.core.errors import Invalid
from fabula.engine_servers import defaults, directory
from fabula.engines.capabilities import ImageCapabilities
from fabula.engines.registry import EngineRegistry
from fabula.events import live
from fabula.events.domain import DomainEvents
from fabula.generation import idempotency, loras, model_config_repository
from fabula.generation.clip_settings import check_kind, clip_length, shaped_like
from fabula.generation.engine_choice import (
    Capabilities,
    Choice,
    choose,
    choose_upscaler,
    inpaints,
    own_settings,
    refuse_impossible,
    with_model,
    within,
)
from fabula.generation.errors import NotPossible
from fabula.generation.events import JobAccepted
from fabula.generation.job_types import JOB_TYPES, UPSCALE_CREDITS, JobType, with_config
from fabula.generation.provenance import FrozenMotion, FrozenReference, Provenance
from fabula.generation.reading import warnings_of
from fabula.generation.repainting import refuse_black_mask
from fabula.generation.schemas import MAX_SEED, JobIn
from fabula.generation.sizes import Frame, frame_of
from fabula.generation.sources import sources_of
from fabula.generation.wording import settle
from fabula.model_files import service as model_files
from fabula.models import Job, JobRun
from fabula.moderation.policy import screen
from fabula.moderation.rating import strictest
from fabula.prompting.book import service as prompt_book
from fabula.prompting.presets import service as presets
from fabula.prompting.weights.syntax import readings
from fabula.queue import leases
from fabula.runtime_config.service import RuntimeConfig
from fabula.storage.base import BlobStore


@dataclass(frozen=True, slots=True)
class Desk:
    """What accepting a job needs beside the session."""

    registry: EngineRegistry
    events: DomainEvents
    store: BlobStore
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
    known = await idempotency.job_of(session, caller, key, body)
    if known:
        return known
    provenance = await _plan(session, caller, body, desk)
    # What the prompt says of LoRAs is no word of it, but a person wrote it.
    judge(provenance, *readings(body.prompt, "plain"))
    job_id = await write_job(session, caller, provenance, body.destination, desk)
    await prompt_book.remember(
        session,
        caller.user_id,
        body.prompt,
        body.negative_prompt or "",
        JOB_TYPES[provenance.job_type].format,
    )
    await idempotency.remember(session, caller, key, body, job_id)
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
        choice = with_model(Choice(entry), old.model_name or "", asked=True)
    elif old.task == "upscale":
        choice = choose_upscaler(desk.registry)
    else:
        used = (await defaults.read(session, desk.config)).get(job_type.name)
        choice = choose(job_type, desk.registry, default=used)
    chosen = choice.chosen
    if old.reference and old.reference.in_part and not inpaints(choice.capabilities):
        message = f"{chosen.info.name} cannot draw a part of a picture anew, and the engine that "
        raise NotPossible(f"{message}did is not there now.", field="engine")
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
            "model": choice.model_label,
            "model_name": choice.model_name or None,
            "loras": loras.checked(old.loras, job_type, choice, desk.registry),
            "unit_credits": UPSCALE_CREDITS if old.task == "upscale" else job_type.credits,
            "retry_of": retry_of,
            "warnings": warnings,
            "effective": {},
            "mode": strictest(old.mode, caller.mode),
            "reads_weights": _reads_weights(choice),
        }
    )
    fresh = await _summed(session, _warned(fresh), choice)
    if changed := replaced(old, fresh):
        message = f"The file of {', '.join(changed)} is another one than that of the first job."
        fresh.warnings.append({"code": "file_replaced", "message": message})
    judge(fresh)
    return await write_job(session, caller, fresh, destination, desk)


def judge(plan: Provenance, *also: str) -> None:
    """Ask the content policy about everything that a person wrote, ``also`` among it, and what
    became of it. Raises ``ContentRefused``."""
    written = (*also, *readings(plan.prompt_original, plan.prompt_syntax))
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
    worn = loras.settle(body, job_type, choice, desk.registry)
    body = worn.body
    sources = await sources_of(session, caller, body)
    if sources.first:
        job_type = shaped_like(sources.first, job_type, limits)
    frame = frame_of(body, sources.start, job_type, limits)
    if sources.reference and sources.reference.mask:
        await refuse_black_mask(desk.store, sources.reference.mask)
    warnings = list(frame.warnings)
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
        width=frame.width,
        height=frame.height,
        steps=int(within("steps", limits.steps, body.steps, job_type.steps)),
        guidance_scale=within(
            "guidance_scale", limits.guidance_scale, body.guidance_scale, job_type.guidance_scale
        ),
        frames=length.frames,
        fps=length.fps,
        reference=_grown(sources.reference, frame),
        first_frame=sources.first_frame,
        last_frame=sources.last_frame,
        motion=FrozenMotion(**body.motion.model_dump()) if body.motion else None,
        mode=sources.mode,
        rewriting=wording.rewriting,
        engine_id=choice.chosen.info.id,
        engine_version=choice.chosen.info.version,
        model=choice.model_label,
        model_name=choice.model_name or None,
        loras=worn.loras,
        scheduler=body.scheduler,
        model_config_id=config.id if config else None,
        unit_credits=job_type.credits,
        warnings=[*warnings, *worn.warnings, *length.warnings, *wording.warnings],
    )
    return await _summed(session, _warned(plan), choice)


async def _summed(session: AsyncSession, plan: Provenance, choice: Choice) -> Provenance:
    """With the sums of the studio's own files, so that a replaced file shows."""
    files = _files(plan)
    if not files or choice.chosen.connected:
        return plan
    async with elevated(session):
        sums = await model_files.sums(session, files)
    return plan.model_copy(
        update={
            "model_sha256": sums.get(("checkpoint", plan.model_name or "")),
            "loras": [
                lora.model_copy(update={"sha256": sums.get(("lora", lora.name))})
                for lora in plan.loras
            ],
        }
    )


def replaced(old: Provenance, fresh: Provenance) -> list[str]:
    """Names of model files whose sums are known and are no longer the same."""
    before = {lora.name: lora.sha256 for lora in old.loras}
    pairs = [(lora.name, before.get(lora.name), lora.sha256) for lora in fresh.loras]
    if old.model_name and old.model_name == fresh.model_name:
        pairs.append((old.model_name, old.model_sha256, fresh.model_sha256))
    return [name for name, first, now in pairs if first and now and first != now]


def _files(plan: Provenance) -> list[tuple[str, str]]:
    """Kinds and names of the model files that a job uses."""
    model = [("checkpoint", plan.model_name)] if plan.model_name else []
    return [*model, *(("lora", lora.name) for lora in plan.loras)]


def _grown(reference: FrozenReference | None, frame: Frame) -> FrozenReference | None:
    if reference is None or frame.extension is None:
        return reference
    return reference.model_copy(update={"extension": frame.extension})


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
        entry = desk.registry.get(provenance.engine_id)
        if entry and not entry.connected:
            await model_files.note_uses(session, _files(provenance))
    await live.publish(
        session, caller.user_id, "job.updated", {"job_id": str(job.id), "status": "queued"}
    )
    await leases.wake_workers(session)
    if provenance.preset and provenance.task == "make":
        await presets.count_use(session, provenance.preset.id)
    return job.id


def _rewritten_columns(provenance: Provenance) -> dict[str, Any]:
    """The columns of a prompt whose final form is known when its job is accepted."""
    final = provenance.prompt_final
    if final is None or final == provenance.prompt_original:
        return {}
    strategy = provenance.rewriting.strategy or "accepted"
    return {"enhanced_prompt": final, "enhancement_strategy": strategy}
