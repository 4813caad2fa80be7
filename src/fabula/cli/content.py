"""``fabula generate``, ``fabula upscale`` and ``fabula demo``."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar, cast, get_args

import typer
from pydantic import BaseModel, ValidationError

from fabula.cli.running import ready_database, say, settings_with_logs
from fabula.core.errors import Invalid

B = TypeVar("B", bound=BaseModel)
ReferenceFile = Annotated[Path | None, typer.Option(help="Picture to start from.")]
Strength = Annotated[
    float | None, typer.Option(help="How far to leave the reference: 0 keeps it, 1 ignores it.")
]
MaskFile = Annotated[
    Path | None,
    typer.Option(help="Picture whose white says which part of the reference to draw anew."),
]
Extension = Annotated[
    str | None,
    typer.Option(
        help="Draw more around the reference: pixels for all sides, such as 256, or for some, "
        "such as left=256,top=64."
    ),
]
Loras = Annotated[
    list[str] | None,
    typer.Option(help="A LoRA as NAME or NAME:WEIGHT; may be given several times."),
]
FirstFrame = Annotated[Path | None, typer.Option(help="Picture that a clip begins with.")]
LastFrame = Annotated[Path | None, typer.Option(help="Picture that a clip ends with.")]
_DEMO_PROMPT = "a red fox in a snowy forest at dawn"


def add_to(app: typer.Typer) -> None:
    app.command()(generate)
    app.command()(upscale)
    app.command()(demo)


def generate(
    prompt: str,
    job_type: Annotated[
        str | None,
        typer.Option(
            "--type", help="Job type, sdxl_image_fast without it; `fabula doctor` lists them."
        ),
    ] = None,
    count: Annotated[int, typer.Option(help="Pictures, 1 to 6.")] = 1,
    seed: Annotated[int | None, typer.Option(help="Seed of the first picture.")] = None,
    video: Annotated[
        bool, typer.Option("--video", help="Make a clip: the type video_fast.")
    ] = False,
    seconds: Annotated[float | None, typer.Option(help="Length of a clip.")] = None,
    motion: Annotated[
        str | None,
        typer.Option(help="Camera move of a clip, such as zoom-in; else as the prompt says."),
    ] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Let a clip end where it begins.")] = False,
    first_frame: FirstFrame = None,
    last_frame: LastFrame = None,
    reference: ReferenceFile = None,
    strength: Strength = None,
    mask: MaskFile = None,
    extend: Extension = None,
    negative: Annotated[str | None, typer.Option(help="Negative prompt.")] = None,
    engine: Annotated[str | None, typer.Option(help="Engine, by its id.")] = None,
    model: Annotated[str | None, typer.Option(help="One of the engine's models.")] = None,
    lora: Loras = None,
    width: Annotated[int | None, typer.Option(help="Pixels.")] = None,
    height: Annotated[int | None, typer.Option(help="Pixels.")] = None,
    steps: Annotated[int | None, typer.Option(help="Inference steps.")] = None,
    guidance: Annotated[float | None, typer.Option(help="Guidance scale.")] = None,
    enhance: Annotated[
        bool | None, typer.Option("--enhance/--no-enhance", help="Rewrite the prompt first.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File (one picture or clip) or folder to write copies to.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the pictures in the library.")] = False,
    user: Annotated[
        str | None, typer.Option(help="Whose pictures; the owner's without it.")
    ] = None,
) -> None:
    """Make pictures or a clip and print where they are, one line each."""
    from fabula.cli.making import Drawing, Sources, make
    from fabula.generation.reference_schemas import ExtensionIn
    from fabula.generation.schemas import JobIn

    move = {"kind": motion, "loop": loop or None}
    wanted = {
        "prompt": prompt, "job_type": job_type or ("video_fast" if video else None),
        "count": count, "seed": seed,
        "negative_prompt": negative, "width": width, "height": height, "steps": steps,
        "guidance_scale": guidance, "enhance": enhance, "seconds": seconds,
        "motion": move if any(move.values()) else None,
        "engine": engine, "model": model, "loras": [_lora(each) for each in lora or ()] or None,
    }  # fmt: skip
    body = _checked(JobIn, {k: v for k, v in wanted.items() if v is not None})
    if reference is None and (mask, strength, extend) != (None, None, None):
        _refuse("--mask, --strength and --extend are about a picture: name it by --reference.")
    sides = _checked(ExtensionIn, _sides(extend)) if extend else None
    settings = settings_with_logs(quiet=True)
    with ready_database(settings) as dsn:
        sources = Sources(first_frame, last_frame, reference, mask, strength, sides)
        wish = Drawing(body=body, keep=keep, out=out, user=user, sources=sources)
        made = asyncio.run(make(settings, dsn, wish))
    for picture in made.pictures:
        typer.echo(picture.shown)
    sys.exit(0 if made.error is None else 1)


def upscale(
    picture: Annotated[str, typer.Argument(help="A picture file, or the id of a picture.")],
    factor: Annotated[int, typer.Option(help="2 or 4 times the pixels a side.")] = 2,
    model: Annotated[str | None, typer.Option(help="fast or careful; fast without it.")] = None,
    out: Annotated[Path | None, typer.Option(help="File or folder to write a copy to.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the picture in the library.")] = False,
    user: Annotated[str | None, typer.Option(help="Whose picture; the owner's without it.")] = None,
) -> None:
    """Give a picture more pixels and print where it is."""
    from fabula.cli.making import make
    from fabula.cli.upscaling import Upscaling
    from fabula.generation.upscaling.schemas import Factor

    if factor not in get_args(Factor):
        raise Invalid("A picture can be enlarged 2 or 4 times.", field="factor")
    settings = settings_with_logs(quiet=True)
    with ready_database(settings) as dsn:
        wish = Upscaling(
            picture=picture, factor=cast("Factor", factor), model=model,
            keep=keep, out=out, user=user,
        )  # fmt: skip
        made = asyncio.run(make(settings, dsn, wish))
    for made_picture in made.pictures:
        typer.echo(made_picture.shown)
    sys.exit(0 if made.error is None else 1)


def demo(prompt: Annotated[str, typer.Argument()] = _DEMO_PROMPT) -> None:
    """The main job once: rewrite, queue, generate, stage, keep."""
    from fabula.cli.making import Drawing, make
    from fabula.generation.schemas import JobIn

    settings = settings_with_logs(quiet=True)
    body = _checked(JobIn, {"prompt": prompt, "enhance": True, "count": 1})
    with ready_database(settings) as dsn:
        made = asyncio.run(make(settings, dsn, Drawing(body=body, keep=True)))
    if made.error or not made.pictures:
        sys.exit(1)
    job = made.job
    strategy = f" ({job.strategy})" if job.strategy else ""
    typer.echo(f"\nprompt    {job.original_prompt}")
    typer.echo(f"rewritten {job.enhanced_prompt}{strategy}")
    typer.echo(f"made by   {job.engine.name if job.engine else '?'}, seed {job.params.seed}")
    typer.echo(f"kept at   {made.pictures[0].shown}")
    typer.echo(f"\nTo see it: `make up`, then open {settings.base_url}/library")


def _sides(text: str) -> dict[str, object]:
    """``256`` or ``left=256,top=64`` as pixels by side."""
    if text.strip().isdecimal():
        return dict.fromkeys(("left", "right", "top", "bottom"), int(text))
    pairs = (part.partition("=") for part in text.split(","))
    return {name.strip(): int(v) if v.strip().isdecimal() else v for name, _, v in pairs}


def _lora(text: str) -> dict[str, object]:
    name, colon, weight = text.rpartition(":")
    return {"name": name, "weight": weight} if colon else {"name": text}


def _checked(kind: type[B], values: dict[str, object]) -> B:
    """The request, or a sentence about the first thing that is wrong with it."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        _refuse(": ".join(filter(None, (place, first["msg"]))))


def _refuse(why: str) -> NoReturn:
    say(f"fabula: {why}")
    sys.exit(2)
