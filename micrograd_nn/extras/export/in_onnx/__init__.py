"""Models and programs as ONNX files, and ONNX files as models."""
