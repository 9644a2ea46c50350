"""A debug adapter: editors step forward and back through backpropagation, by their own buttons.

It speaks the Debug Adapter Protocol (https://microsoft.github.io/debug-adapter-protocol).
"""
