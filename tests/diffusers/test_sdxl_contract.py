"""The contract of picture engines, over diffusers on a tiny pipeline."""

import pytest

from fabula.engines.base import Modality
from fabula.engines.contract import Check, checks_for
from fabula.engines.image.diffusers_sdxl import DiffusersSdxl

pytestmark = [
    pytest.mark.diffusers,
    # diffusers' schedulers hand torch tensors to numpy in a way that numpy 2 wants changed.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.mark.parametrize("check", checks_for(Modality.IMAGE), ids=str)
def test_contract(engine: DiffusersSdxl, check: Check) -> None:
    check(engine)
