"""What can be measured on a net while it trains."""

import torch
from torch import Tensor, nn

from resnet.plan import Plan


class GradientProbe:
    """The L2 norm of the loss gradient of every convolution and of the fully connected layer.

    names  the Plan's names of those layers, in the order they run; norms come in the same order
    """

    def __init__(self, net: nn.Module, laid_out: Plan) -> None:
        self.names = tuple(layer.name for layer in laid_out.weighted)
        self._weights = [net.get_submodule(name).weight for name in self.names]

    def norms(self) -> Tensor:
        """(layers,) float32, from the gradients of the last backward pass, in one fused call."""
        gradients = [weight.grad for weight in self._weights]
        return torch.stack(torch._foreach_norm(gradients))  # type: ignore[arg-type]
