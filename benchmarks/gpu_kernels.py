"""Our kernels for a GPU against torch's and cuDNN's: microseconds of each pass, in a CUDA graph.

python benchmarks/gpu_kernels.py           the cuts that the program uses
python benchmarks/gpu_kernels.py --cuts    others beside them, to choose from
"""

import argparse
import importlib
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

BATCH = 128
CONVOLUTION = ([1, 1], [1, 1], [1, 1], False, [0, 0], 1)  # stride, padding, dilation ...
CUTS = ((64, 4), (128, 4), (128, 8), (256, 8))  # pixels of a program, its warps
SHARES = (32, 64, 128)


def passes(channels: int, side: int) -> dict[str, float]:
    """Microseconds of a convolution's passes and of a norm's, theirs and ours."""
    convolutions = importlib.import_module("resnet.train.fused.gpu_convolution")
    x, dy, half = maps(channels, side)
    return {
        "channels": channels,
        "cuDNN, forward": timed(lambda: F.conv2d(x, half, None, 1, 1)),
        "ours, forward": timed(lambda: convolutions.convolved(x, half)),
        "cuDNN, maps": timed(lambda: backward(x, dy, half, 0)),
        "ours, maps": timed(lambda: convolutions.convolved(dy, half, backward=True)),
        "cuDNN, weights": timed(lambda: backward(x, dy, half, 1)),
        "ours, weights": timed(lambda: convolutions.weight_gradient(x, dy)),
        **norms(channels, side),
    }


def norms(channels: int, side: int) -> dict[str, float]:
    """BN, addition and ReLU, forward and backward."""
    norm = importlib.import_module("resnet.train.fused.gpu_norm").norm
    module = nn.BatchNorm2d(channels).cuda()
    x, dy, _ = maps(channels, side)
    shortcut = torch.randn_like(x).requires_grad_()
    x.requires_grad_()
    given = (x, shortcut, module.weight, module.bias)

    def theirs() -> None:
        torch.autograd.grad(F.relu(module(x) + shortcut), given, dy)

    def ours() -> None:
        torch.autograd.grad(norm(module, x, shortcut, relu=True), given, dy)

    return {"torch, norm both ways": timed(theirs), "ours, norm both ways": timed(ours)}


def cuts(channels: int, side: int) -> None:
    """Every cut in turn, printed."""
    ours = importlib.import_module("resnet.train.fused.gpu_convolution")
    x, dy, half = maps(channels, side)
    for cut in CUTS:
        ours.TILES[ours.FORWARD, channels] = ours.Tile(*cut)
        print(channels, cut, f"forward {timed(lambda: ours.convolved(x, half)):.1f} us", flush=True)
        for shares in SHARES:
            ours.TILES[ours.WEIGHTS, channels] = ours.Tile(*cut, shares)
            took = timed(lambda: ours.weight_gradient(x, dy))
            print(channels, cut, shares, f"weights {took:.1f} us", flush=True)


def maps(channels: int, side: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A map, a gradient of its size, a filter; bfloat16 in channels_last."""
    x, dy = (torch.randn(BATCH, channels, side, side, device="cuda") for _ in range(2))
    weight = 0.1 * torch.randn(channels, channels, 3, 3, device="cuda")
    made = [each.bfloat16().to(memory_format=torch.channels_last) for each in (x, dy, weight)]
    return made[0], made[1], made[2]


def backward(x: torch.Tensor, dy: torch.Tensor, half: torch.Tensor, which: int) -> None:
    wanted = [which == number for number in range(3)]
    torch.ops.aten.convolution_backward(dy, x, half, None, *CONVOLUTION, wanted)


def timed(work: Callable[[], object], times: int = 20) -> float:
    """Microseconds of one call, the quickest of four replays of a graph of many."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
        stream.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=stream):
            for _ in range(times):
                work()
        return min(replayed(graph) for _ in range(4)) / times


def replayed(graph: torch.cuda.CUDAGraph) -> float:
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    graph.replay()
    end.record()
    end.synchronize()
    return 1000 * begin.elapsed_time(end)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuts", action="store_true")
    options = parser.parse_args()
    for size in ((16, 32), (32, 16), (64, 8)):
        if options.cuts:
            cuts(*size)
        else:
            print({name: round(value, 1) for name, value in passes(*size).items()}, flush=True)


if __name__ == "__main__":
    main()
