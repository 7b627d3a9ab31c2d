"""Residual and plain networks of He et al. 2015: specification, costs, training.

Importing this package does not import torch, nor do `spec`, `plan`, `cost`, `paper`, `verdict` and
`lessons`; `data`, `model` and `train` do.
"""
