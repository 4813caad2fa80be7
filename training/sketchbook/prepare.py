"""Make the training data: drawings as fields, in fifteen colours, as principal components.

Writes ``.cache/sketchbook/data.npz``: ``shape`` (drawings, SHAPE) and ``paint`` (drawings,
colours, PAINT) components, ``rows`` (drawings, 2: subject and style), the two bases with their
means, and the sentence vectors of every subject's words; and ``subjects.json``.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from drawings import load_drawings
from fields import Field, paint_of, take_apart
from numpy.typing import NDArray
from subjects import CACHE, COLOURS, load_subjects
from tints import tinted

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
from fabula.engines.image.sketchbook.sentences import SentenceEncoder

SHAPE, PAINT = 768, 224
DETAIL_WEIGHT = 1.0


def paints_of(colour: Field, inside: Field) -> Field:
    """The paint in every colour: (colours, COARSE, COARSE, 3)."""
    return np.stack(
        [paint_of(tinted(colour, inside, rgb) if rgb else colour) for rgb in COLOURS.values()]
    )


def components(samples: Field, count: int) -> tuple[Field, Field]:
    """Mean (D,) and the leading principal directions (count, D), by the smaller Gram matrix."""
    mean = samples.mean(0)
    centred = samples - mean
    if len(centred) < centred.shape[1]:
        values, vectors = np.linalg.eigh(centred @ centred.T)
        leading = vectors[:, ::-1][:, :count].T @ centred
        leading /= np.sqrt(np.maximum(values[::-1][:count], 1e-9))[:, None]
    else:
        _, vectors = np.linalg.eigh(centred.T @ centred)
        leading = vectors[:, ::-1][:, :count].T
    return mean, np.ascontiguousarray(leading, np.float32)


def project(samples: Field, mean: Field, basis: Field, name: str) -> Field:
    """Components of the samples; prints how much of the variance they keep."""
    centred = samples - mean
    found = centred @ basis.T
    print(
        name,
        "kept",
        round(1 - float(((centred - found @ basis) ** 2).sum() / (centred**2).sum()), 4),
    )
    return found


def collect() -> tuple[NDArray[np.int64], Field, Field]:
    """Rows, shape samples (drawings, 2 FINE²) and paint samples (drawings, colours, 3 COARSE²)."""
    rows, shapes, paints = [], [], []
    for subject, style, rgba in load_drawings(load_subjects()):
        fields = take_apart(rgba)
        rows.append((subject, style))
        shapes.append(np.stack([fields.outline, fields.detail * DETAIL_WEIGHT]).ravel())
        paints.append(paints_of(fields.colour, fields.inside).reshape(len(COLOURS), -1))
    return np.array(rows), np.stack(shapes), np.stack(paints).astype(np.float16)


def main() -> None:
    began = time.time()
    rows, shapes, paints = collect()
    print(len(rows), "drawings", round(time.time() - began), "s")
    shape_mean, shape_basis = components(shapes, SHAPE)
    shape = project(shapes, shape_mean, shape_basis, "shape")
    every = paints.reshape(-1, paints.shape[-1])
    picked = np.random.default_rng(0).permutation(len(every))[:6000]
    paint_mean, paint_basis = components(every[picked].astype(np.float32), PAINT)
    paint = np.concatenate(
        [
            project(part.astype(np.float32), paint_mean, paint_basis, "paint")
            for part in np.array_split(every, 6)
        ]
    ).reshape(len(rows), len(COLOURS), PAINT)
    subjects = load_subjects()
    words = [word for s in subjects for word in s.words]
    owner = [i for i, s in enumerate(subjects) for _ in s.words]
    np.savez(
        CACHE / "parts.npz",
        rows=rows,
        shape=shape,
        paint=paint,
        shape_mean=shape_mean,
        shape_basis=shape_basis,
        paint_mean=paint_mean,
        paint_basis=paint_basis,
        vectors=SentenceEncoder(threads=2).encode(words),
        owner=np.array(owner),
    )
    listed = [[s.label, list(s.words)] for s in subjects]
    (CACHE / "words.json").write_text(json.dumps({"subjects": listed, "words": words}))
    print("done", len(subjects), "subjects", len(words), "words", round(time.time() - began), "s")


if __name__ == "__main__":
    main()
