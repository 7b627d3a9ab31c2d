"""Residual and plain networks of He et al. 2015: specification, costs, training.

Importing this package does not import torch; `model`, `data`, `batches`, `train`, `probe` and
`checkpoint` do.
"""
