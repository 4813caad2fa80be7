"""Rows and results as the API shows them."""

from fabula.models import PromptTemplate
from fabula.prompting.enhancement import Enhanced
from fabula.prompting.schemas import (
    EnhanceOut,
    PromptNoteOut,
    TemplateOut,
    TextEngineOut,
    TraceOut,
    TraceStepOut,
    UsedTemplateOut,
)
from fabula.prompting.selection import Trace


def enhanced_out(result: Enhanced) -> EnhanceOut:
    template, engine = result.template, result.engine
    return EnhanceOut(
        original_prompt=result.original,
        enhanced_prompt=result.final,
        strategy=result.strategy,
        template=UsedTemplateOut(id=template.id, name=template.name, version=template.version),
        fallback_level=template.fallback_level,
        trace=trace_out(template.trace),
        tokens=result.tokens,
        token_limit=result.token_limit,
        token_estimator=result.estimator,
        cut=list(result.cut),
        notes=[PromptNoteOut(code=note.code, message=note.message) for note in result.notes],
        expansion_percent=result.expansion_percent,
        time_ms=result.time_ms,
        engine=TextEngineOut(id=engine.id, name=engine.name, stand_in=engine.stand_in)
        if engine
        else None,
    )


def trace_out(trace: Trace) -> TraceOut:
    return TraceOut(
        key=trace.key.as_list(),
        steps=[
            TraceStepOut(step=s.step, hit=s.hit, template=s.template, version=s.version)
            for s in trace.steps
        ],
        source=trace.source,
        cache_age_s=None if trace.cache_age_s is None else round(trace.cache_age_s, 3),
    )


def template_out(row: PromptTemplate) -> TemplateOut:
    return TemplateOut(
        id=row.id,
        template_name=row.template_name,
        enhancer_model=row.enhancer_model,
        target_model=row.target_model,
        job_type=row.job_type,
        use_case=row.use_case,
        content_mode=row.content_mode,
        system_prompt=row.system_prompt,
        token_limit=row.token_limit,
        version=row.version,
        is_active=row.is_active,
        description=row.description,
        comment=row.comment,
        metadata=row.metadata_,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
