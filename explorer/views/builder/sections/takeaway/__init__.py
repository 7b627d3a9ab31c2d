"""What can be taken along: a program, a table, pictures, ONNX."""
