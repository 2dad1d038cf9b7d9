"""A text counted once: sentences, words, letters and syllables, which every measure of a text is made of."""

from findomain.text.counted import LANGUAGES, Counted, count

__all__ = ["LANGUAGES", "Counted", "count"]
