"""A digest of everything that a checkpoint holds, so that a changed bit is noticed.

What holds the numbers on the disk has no use for that: torch reads its archive without looking at
the archive's own sums.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

BYTES = 16


def digest(content: Any) -> str:
    """Of nested mappings and sequences of tensors, numbers and text: 32 hexadecimal digits.

    Types, names, shapes, signs of zero and bits of NaN count, the order of a mapping too.
    Raises TypeError for anything else, which no checkpoint holds.
    """
    total = hashlib.blake2b(digest_size=BYTES)
    _add(total, content)
    return total.hexdigest()


def _add(total: Any, content: Any) -> None:
    if isinstance(content, Tensor):
        total.update(f"tensor {content.dtype} {tuple(content.shape)} ".encode())
        flat = content.detach().cpu().contiguous().reshape(-1)
        total.update(flat.view(torch.uint8).numpy().data)
    elif isinstance(content, Mapping):
        total.update(f"mapping of {len(content)} ".encode())
        for name, value in content.items():
            _add(total, name)
            _add(total, value)
    elif isinstance(content, list | tuple):
        total.update(f"{type(content).__name__} of {len(content)} ".encode())
        for value in content:
            _add(total, value)
    elif isinstance(content, str):
        text = content.encode("utf-8", "surrogatepass")
        total.update(f"text of {len(text)} ".encode() + text)
    elif content is None or isinstance(content, bool | int | float):
        total.update(f"{type(content).__name__} {content!r} ".encode())
    else:
        raise TypeError(f"a checkpoint holds no {type(content).__name__}")
