"""What people run: a plain PyTorch training loop for CIFAR, to measure the program against.

    python benchmarks/baseline.py plain20 50

torchvision's transforms on PIL images, a DataLoader without workers (they steal cores from
training), NCHW in fp32, SGD as it comes, and two `.item()` a step for the printed loss and error.
Written to be read, and as well as a tutorial would have it; nothing in it is slow on purpose.
"""

import sys
import time
from collections.abc import Callable

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from resnet.data import ImageSet, load
from resnet.model import build
from resnet.settings import image_folder
from resnet.spec import NetSpec, Recipe

Transform = Callable[[Image.Image], torch.Tensor]


class Images(Dataset):
    """PIL images with labels, transformed one by one as they are asked for."""

    def __init__(self, pixels: torch.Tensor, labels: torch.Tensor, transform: Transform) -> None:
        self.images = [Image.fromarray(each.permute(1, 2, 0).numpy()) for each in pixels]
        self.labels = labels.tolist()
        self.transform = transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(self.images[index]), self.labels[index]


class Baseline:
    """One net in the plain loop; `step()` trains on a mini-batch, `evaluate()` gives an error."""

    def __init__(self, spec: NetSpec, recipe: Recipe, images: ImageSet, device: str) -> None:
        self.batch = recipe.batch
        count = recipe.images or len(images.train_labels)
        resize = [transforms.Resize(16)] if recipe.image_size == 16 else []
        crop = recipe.image_size // 8
        augment = [
            transforms.RandomCrop(recipe.image_size, padding=crop),
            transforms.RandomHorizontalFlip(),
        ]
        last = [
            transforms.ToTensor(),
            transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
        ]
        train = transforms.Compose([*resize, *(augment if recipe.augment else []), *last])
        self.train_images = DataLoader(
            Images(images.train_images[:count], images.train_labels[:count], train),
            batch_size=recipe.batch,
            shuffle=True,
            drop_last=True,
        )
        tested = recipe.test_images or len(images.test_labels)
        self.test_images = DataLoader(
            Images(
                images.test_images[:tested],
                images.test_labels[:tested],
                transforms.Compose([*resize, *last]),
            ),
            batch_size=250,
        )
        self.device = torch.device(device)
        self.net = build(spec, image_size=recipe.image_size).to(self.device)
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(
            self.net.parameters(),
            lr=recipe.learning_rate,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
        )
        self.batches = iter(self.train_images)

    def step(self) -> tuple[float, float]:
        """Trains on the next mini-batch; its loss and its error in percent."""
        try:
            images, labels = next(self.batches)
        except StopIteration:
            self.batches = iter(self.train_images)
            images, labels = next(self.batches)
        images, labels = images.to(self.device), labels.to(self.device)
        self.net.train()
        outputs = self.net(images)
        loss = self.loss(outputs, labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        wrong = (outputs.argmax(1) != labels).float().mean()
        return loss.item(), 100 * wrong.item()

    @torch.no_grad()
    def evaluate(self) -> float:
        """The test error in percent."""
        self.net.eval()
        wrong = count = 0
        for images, labels in self.test_images:
            outputs = self.net(images.to(self.device))
            wrong += (outputs.argmax(1) != labels.to(self.device)).sum().item()
            count += len(labels)
        return 100 * wrong / count


def measured_images() -> ImageSet:
    """The folder that RESNET_DATA names, else the generated set."""
    return load("folder" if image_folder() else "generated")


def main() -> None:
    spec = NetSpec.parse(sys.argv[1] if len(sys.argv) > 1 else "plain20")
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    device = "cuda" if torch.cuda.is_available() else "cpu"
    plain = Baseline(spec, Recipe(test_images=2000), measured_images(), device)
    began = time.perf_counter()
    for number in range(1, steps + 1):
        loss, error = plain.step()
        if number % 10 == 0:
            rate = number * plain.batch / (time.perf_counter() - began)
            print(f"step {number}: loss {loss:.3f}, error {error:.1f} %, {rate:,.0f} images/s")
    print(f"test error {plain.evaluate():.1f} %")


if __name__ == "__main__":
    main()
