"""What a net costs, in closed form over its plan; only `counters` loads torch."""

from resnet.cost.layers import cost

__all__ = ["cost"]
