"""How a new picture is laid over its source."""

from typing import Any

import numpy as np
import pytest

from fabula.engines.base import ImageRequest, Reference
from fabula.engines.image_masks import laid_over, mask_channel, masked, opacity


def half(side: int = 256) -> Any:
    mask = np.zeros((side, side), np.uint8)
    mask[:, side // 2 :] = 255
    return mask


def test_what_is_black_has_no_share_and_the_edge_rises_inside_the_white() -> None:
    share = opacity(half())
    row = share[100]
    assert (row[:128] == 0).all()
    assert 0 < row[128] < row[129] < row[130] == 1
    assert (row[130:] == 1).all()


def test_the_edge_of_the_picture_is_no_edge_of_the_mask() -> None:
    assert (opacity(np.full((64, 64), 255, np.uint8)) == 1).all()


def test_a_line_of_one_pixel_still_shows() -> None:
    mask = np.zeros((256, 256), np.uint8)
    mask[:, 7] = 255
    share = opacity(mask)
    assert (share[:, 7] > 0).all()
    assert share.sum() == share[:, 7].sum()


def test_black_keeps_the_source_to_the_pixel() -> None:
    rng = np.random.default_rng(0)
    source, drawn = rng.integers(0, 256, (2, 256, 256, 3), dtype=np.uint8)
    made = laid_over(source, drawn, half())
    assert np.array_equal(made[:, :128], source[:, :128])
    assert np.array_equal(made[:, 130:], drawn[:, 130:])


@pytest.mark.parametrize("size", [(64, 64), (32, 48)])
def test_source_and_mask_are_brought_to_the_size_of_what_was_drawn(size: tuple[int, int]) -> None:
    drawn = np.full((64, 64, 3), 200, np.uint8)
    source = np.full((size[1], size[0], 3), 50, np.uint8)
    mask = np.repeat(half(16)[..., None], 3, axis=2)
    request = ImageRequest("a fox", 1, 64, 64, 4, 5, reference=Reference(source, 1.0, mask))
    made = masked(request, drawn)
    assert (made[:, :32] == 50).all()
    assert (made[:, 33:] == 200).all()
    assert masked(ImageRequest("a fox", 1, 64, 64, 4, 5), drawn) is drawn


def test_a_mask_takes_any_size() -> None:
    mask = np.repeat(half(16)[..., None], 3, axis=2)
    assert np.array_equal(mask_channel(mask, (256, 256)), half(256))
