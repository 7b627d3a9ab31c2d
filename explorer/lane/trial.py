"""Tries torch as a lane uses it, for `python -m explorer doctor`: prints facts as JSON."""

import json

import torch

from resnet.cost.sharing import cores
from resnet.train import best_device

SIDE = 64


def main() -> None:
    """Prints versions, device and what does not work; a torch that crashes ends this process."""
    device = best_device()
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "cuda": torch.version.cuda or "",
                "device": device,
                "name": torch.cuda.get_device_name() if device == "cuda" else "Apple GPU",
                "cores": cores(),
                "problem": _problem(device),
                "without_torchvision": _without_torchvision(),
            }
        ),
        flush=True,
    )


def _problem(device: str) -> str:
    """What does not work on this device; "" where a small convolution learns as it should."""
    try:
        images = torch.ones(2, 3, SIDE, SIDE, device=device)  # (B, 3, H, W)
        weights = torch.ones(4, 3, 3, 3, device=device, requires_grad=True)
        total = torch.nn.functional.conv2d(images, weights).sum()
        total.backward()
        if weights.grad is None or not torch.isfinite(weights.grad).all():
            return "a small convolution gave no gradients"
        expected = 2 * 4 * 27 * (SIDE - 2) ** 2
        return "" if abs(total.item() - expected) < 1e-3 * expected else "a convolution is wrong"
    except (RuntimeError, AssertionError) as error:
        return str(error).splitlines()[0][:300]


def _without_torchvision() -> str:
    try:
        import torchvision  # noqa: F401
    except (ImportError, RuntimeError) as error:
        return str(error)[:300]
    return ""


if __name__ == "__main__":
    main()
