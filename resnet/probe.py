"""What can be measured on a net while it trains."""

import torch
from torch import Tensor, nn

from resnet.plan import Plan


class GradientProbe:
    """L2 norms of every convolution and of the fully connected layer: loss gradient and weights.

    names  the Plan's names of those layers, in the order they run; norms come in the same order
    """

    def __init__(self, net: nn.Module, laid_out: Plan) -> None:
        self.names = tuple(layer.name for layer in laid_out.weighted)
        self._weights: list[Tensor] = [net.get_parameter(f"{name}.weight") for name in self.names]

    @torch.no_grad()
    def norms(self) -> Tensor:
        """(2, layers) float32: of the gradients of the last backward pass, and of the weights.

        One fused call for both. Raises RuntimeError where there was no backward pass yet.
        """
        gradients = [weight.grad for weight in self._weights if weight.grad is not None]
        if len(gradients) < len(self._weights):
            raise RuntimeError("there are no gradients yet; take a step first")
        norms = torch._foreach_norm(gradients + self._weights)
        return torch.stack(norms).view(2, -1)  # (2, layers)
