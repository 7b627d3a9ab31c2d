"""The vocabulary that all rooms share: `NetSpec` says what a net is, `Recipe` how it is trained."""

from resnet.spec.checks import SpecError
from resnet.spec.net import NetSpec
from resnet.spec.recipe import Recipe

__all__ = ["NetSpec", "Recipe", "SpecError"]
