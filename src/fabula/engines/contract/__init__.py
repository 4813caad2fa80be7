"""What every engine must do, as checks that a test suite runs, a third party's too.

    from fabula.engines.contract import checks_for

    @pytest.mark.parametrize("check", checks_for(Modality.IMAGE), ids=str)
    def test_contract(engine, check):
        check(engine)

``engine`` is loaded, and its own: checks unload and reload it. A check raises
``ContractViolation`` with a sentence about what is wrong. Requests are the smallest that the
engine's capabilities allow.
"""

from fabula.engines.base import Modality
from fabula.engines.contract import common, image, text, video
from fabula.engines.contract.check import Check, ContractViolation

__all__ = ["Check", "ContractViolation", "checks_for"]

_OWN = {
    Modality.IMAGE: image.CHECKS,
    Modality.TEXT: text.CHECKS,
    Modality.VIDEO: video.CHECKS,
}


def checks_for(modality: Modality) -> tuple[Check, ...]:
    """The checks of an engine of this modality."""
    return common.CHECKS + _OWN[modality]
