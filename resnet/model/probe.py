"""What can be measured on a net while it trains."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import torch
from torch import Tensor, nn

from resnet.model.hooks import RunningDeviation, hooked
from resnet.model.net import Net
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


@contextmanager
def responding(net: Net) -> Iterator[dict[str, RunningDeviation]]:
    """While inside, the responses of a net in evaluation mode to all that it is shown, by layer.

    Source: He et al. 2015, Section 4.2 and Fig. 7: the standard deviation of each 3x3 layer's
    output, after BN and before the nonlinearity and the addition, here over images, channels and
    positions together.
    """
    places = measured_at(net.plan)
    deviations = {layer: RunningDeviation() for layer in places}
    of_module = {place: deviations[layer] for layer, place in places.items()}
    with hooked(net, of_module, lambda name, output: of_module[name].add(output)):
        yield deviations


def measured_at(laid_out: Plan) -> dict[str, str]:
    """For each layer of `laid_out.answering`, the module whose output is its response.

    That is the BN behind it, or the layer itself where no BN follows (no BN in the net, or
    pre-activation).
    """
    places = {layer.name: layer.name for layer in laid_out.answering}
    if laid_out.spec.order == "post":
        main = [layer for layer in laid_out.layers if layer.branch == "main"]
        for layer, behind in pairwise(main):
            if layer.name in places and behind.kind == "norm":
                places[layer.name] = behind.name
    return places
