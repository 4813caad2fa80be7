"""The contracts of video and picture engines, over diffusers on tiny WAN pipelines."""

import pytest

from fabula.engines.base import Modality
from fabula.engines.contract import Check, checks_for
from fabula.engines.image.diffusers_wan_frame import DiffusersWanFrame
from fabula.engines.video.diffusers_wan import DiffusersWan

pytestmark = pytest.mark.diffusers


@pytest.mark.parametrize("check", checks_for(Modality.VIDEO), ids=str)
def test_contract_of_clips(wan: DiffusersWan, check: Check) -> None:
    check(wan)


@pytest.mark.parametrize("check", checks_for(Modality.IMAGE), ids=str)
def test_contract_of_frames(wan_frame: DiffusersWanFrame, check: Check) -> None:
    check(wan_frame)
