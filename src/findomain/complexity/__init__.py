"""Complexity: texts or vectors in, numbers out; one file a family of measures."""
