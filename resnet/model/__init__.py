"""The net as a torch module, built from its plan, and what looks into it."""

from resnet.model.net import Net, build

__all__ = ["Net", "build"]
