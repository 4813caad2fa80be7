"""Which template a request gets: every cell of the grid, every step, every tie."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from template_rows import FULL, GRID, KEY, MORNING, WHOLE, row

from fabula.core.errors import Invalid
from fabula.prompting.built_in import built_in_text
from fabula.prompting.keys import JOB_TYPE_NAMES, TemplateKey, enhancement_key, target_of
from fabula.prompting.selection import TemplateIndex, TemplateRow, select


def cell_of(template: TemplateRow) -> tuple[str | None, ...]:
    return (
        template.target_model,
        template.enhancer_model,
        template.job_type,
        template.use_case,
        template.content_mode,
    )


@pytest.mark.parametrize("cell", GRID)
def test_a_cell_alone_answers_exactly_its_key(cell: tuple[str, ...]) -> None:
    key = TemplateKey(*cell)
    only = row(1, key)
    selected = select([only], key)
    assert selected.id == only.id
    assert selected.fallback_level == "exact"
    assert [(s.step, s.hit, s.template, s.version) for s in selected.trace.steps] == [
        ("exact", True, only.id, 1)
    ]


@pytest.mark.parametrize("cell", GRID)
def test_without_its_cell_the_other_enhancer_of_the_same_mode_answers(
    cell: tuple[str, ...],
) -> None:
    key = TemplateKey(*cell)
    other = "qwen_base" if key.enhancer_model == "qwen_instruct" else "qwen_instruct"
    rows = [r for r in FULL if r.target_model and r.job_type and cell_of(r) != cell]
    if key.target_model is None or key.job_type is None:
        rows = [r for r in FULL if cell_of(r) == (*cell[:1], other, *cell[2:])]
    selected = select(rows, key)
    found = next(r for r in rows if r.id == selected.id)
    assert cell_of(found) == (cell[0], other, *cell[2:])
    assert selected.fallback_level == "swap_enhancer"
    assert [(s.step, s.hit) for s in selected.trace.steps] == [
        ("exact", False),
        ("swap_enhancer", True),
    ]


@pytest.mark.parametrize("cell", GRID)
def test_only_the_milder_mode_stands_in(cell: tuple[str, ...]) -> None:
    key = TemplateKey(*cell)
    rows = [r for r in FULL if r.content_mode != key.content_mode]
    selected = select(rows, key)
    if key.content_mode == "nsfw":
        found = next(r for r in rows if r.id == selected.id)
        assert (found.enhancer_model, found.content_mode) == (key.enhancer_model, "sfw")
        assert selected.fallback_level == "milder_mode"
    else:
        assert selected.id is None
        assert selected.fallback_level == "built_in"


@pytest.mark.parametrize("cell", GRID)
def test_an_empty_table_gives_the_built_in_text(cell: tuple[str, ...]) -> None:
    key = TemplateKey(*cell)
    selected = select([], key)
    assert selected.id is None
    assert selected.trace.source == "built_in"
    assert selected.system_prompt == built_in_text(key).system_prompt
    assert "general audience" in selected.system_prompt
    assert [s.step for s in selected.trace.steps if s.hit] == ["built_in"]


def expected(key: TemplateKey, there: set[TemplateKey]) -> tuple[str, TemplateKey | None]:
    """What the documented order says, with the null of a row read as any: step and cell."""
    other = "qwen_base" if key.enhancer_model == "qwen_instruct" else "qwen_instruct"
    asked = [("exact", key), ("swap_enhancer", replace(key, enhancer_model=other))]
    if key.content_mode == "nsfw":
        asked.append(("milder_mode", replace(key, content_mode="sfw")))
    for step, wanted in asked:
        fitting = [
            cell
            for cell in there
            if (cell.enhancer_model, cell.use_case, cell.content_mode)
            == (wanted.enhancer_model, wanted.use_case, wanted.content_mode)
            and cell.target_model in {wanted.target_model, None}
            and cell.job_type in {wanted.job_type, None}
        ]
        if fitting:
            return step, max(fitting, key=lambda cell: NUMBERS[cell])
    return "built_in", None


ALL_ROWS = [row(number, TemplateKey(*cell)) for number, cell in enumerate(WHOLE, 1)]
NUMBERS = {template.key: template.id.int for template in ALL_ROWS}


@pytest.mark.parametrize("seed", range(8))
def test_every_cell_of_the_grid_over_tables_with_gaps(seed: int) -> None:
    """The whole grid, with nulls, over tables from nearly empty to full: template and step are
    those of the documented order, and a general request never gets what is for adults."""
    chosen = random.Random(seed)
    rows = [template for template in ALL_ROWS if chosen.random() < (seed + 1) / 8]
    index, there = TemplateIndex(rows), {template.key for template in rows}
    by_id = {template.id: template for template in rows}
    for cell in WHOLE:
        key = TemplateKey(*cell)
        found = select(index, key)
        step, wanted = expected(key, there)
        assert found.fallback_level == step, key
        template = by_id[found.id] if found.id else None
        assert (template.key if template else None) == wanted
        if key.content_mode == "sfw" and template:
            assert template.content_mode == "sfw"


@pytest.mark.parametrize(
    ("target", "job_type", "fits"),
    [
        (None, None, True),
        ("sdxl", None, True),
        (None, "image", True),
        ("sdxl", "image", True),
        ("wan", None, False),
        (None, "video", False),
        ("wan", "image", False),
    ],
)
def test_null_on_a_row_fits_any(target: str | None, job_type: str | None, fits: bool) -> None:
    selected = select([row(1, KEY, target_model=target, job_type=job_type)], KEY)
    assert (selected.id is not None) is fits


def test_null_in_the_key_asks_for_unbound_rows() -> None:
    key = TemplateKey(None, "qwen_instruct", "chat", "chat_general", "sfw")
    assert select([row(1, key, target_model="sdxl")], key).id is None
    assert select([row(2, key)], key).id == UUID(int=2)


@pytest.mark.parametrize("use_case", ["chat_creative", "Enhancement", ""])
def test_another_use_case_never_answers(use_case: str) -> None:
    assert select([row(1, KEY, use_case=use_case)], KEY).id is None


def test_the_highest_version_wins_a_tie() -> None:
    rows = [
        row(1, KEY, version=2, created_at=MORNING),
        row(2, KEY, version=3, created_at=MORNING - timedelta(days=9)),
        row(3, KEY, version=1, created_at=MORNING + timedelta(days=9)),
    ]
    assert {select(order, KEY).id for order in itertools.permutations(rows)} == {UUID(int=2)}
    assert select(rows, KEY).version == 3


def test_then_the_newest() -> None:
    rows = [
        row(3, KEY, created_at=MORNING),
        row(2, KEY, created_at=MORNING + timedelta(seconds=1)),
        row(4, KEY, created_at=None),
    ]
    assert {select(order, KEY).id for order in itertools.permutations(rows)} == {UUID(int=2)}


def test_then_the_id() -> None:
    rows = [row(number, KEY) for number in (5, 7, 6)]
    assert {select(order, KEY).id for order in itertools.permutations(rows)} == {UUID(int=7)}


def test_an_unknown_enhancer_has_no_other() -> None:
    key = replace(KEY, enhancer_model="something_else")
    assert [s.step for s in select(FULL, key).trace.steps] == ["exact", "built_in"]


@pytest.mark.parametrize("name", JOB_TYPE_NAMES)
def test_every_job_type_has_a_target(name: str) -> None:
    family, made = target_of(name)
    assert family == ("sdxl" if name.startswith("sdxl") else "wan")
    assert made == ("video" if name.startswith("video") else "image")
    assert enhancement_key(name).as_list() == [
        family, "qwen_instruct", made, "enhancement", "sfw",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "sdxl", "sdxl_image", "image_slow", "SDXL_IMAGE_FAST"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match="no job type"):
        target_of(name)
