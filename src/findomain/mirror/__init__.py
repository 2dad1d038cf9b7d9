"""The matched pairs: their texts, the check that twins match, agreement on their labels, and results as pairs."""

from findomain.mirror.agreement import agreement
from findomain.mirror.check import check_mirror
from findomain.mirror.ladder import ladder, lures
from findomain.mirror.measures import item_measures, load_measures, measure_twins, mismatches
from findomain.mirror.scores import SHIPPED, item_table, score_table
from findomain.mirror.twins import Item, mirror_items, twin_texts

__all__ = [
    "SHIPPED",
    "Item",
    "agreement",
    "check_mirror",
    "item_measures",
    "item_table",
    "ladder",
    "load_measures",
    "lures",
    "measure_twins",
    "mirror_items",
    "mismatches",
    "score_table",
    "twin_texts",
]
