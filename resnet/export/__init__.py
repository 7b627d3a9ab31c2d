"""Nets for elsewhere: a stand-alone program, ONNX, small files that ship. `onnx` and
`shipped_nets` load torch, the others do not.
"""
