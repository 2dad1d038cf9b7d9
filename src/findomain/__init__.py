"""findomain: do we need domain-specific embedding models?"""

__version__ = "0.1.0"
