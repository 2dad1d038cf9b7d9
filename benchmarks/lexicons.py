"""Make the lexicons in data/lexicons that are made by keyness: ``python benchmarks/lexicons.py``.

Corpora: the finance and medicine sets of ../shared/datasets, the texts of free licences that Debian installs in
/usr/share/common-licenses for law, and the descriptions of the elements in the package mendeleev 1.3.0 for chemistry
(``pip install --no-deps mendeleev==1.3.0``; it is needed for nothing else). What is absent is told and left as it is.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from findomain.complexity.keyness import write_lexicon
from findomain.complexity.lexicon import FOLDER
from findomain.paths import ROOT

DATASETS = ROOT.parent / "shared" / "datasets"
LICENSES = Path("/usr/share/common-licenses")
CORPORA = {
    "finance_keyness": ("tatqa/corpus", "ectsum/test", "financial-phrasebank/train", "financial-phrasebank/test"),
    "medicine": ("medquad/corpus", "pubmedqa/corpus", "mediqa-rqe/test"),
}


def of_datasets(names: tuple[str, ...]) -> Iterator[str]:
    """The English texts of some files."""
    for name in names:
        for line in (DATASETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield from (row[column] for column in ("text", "sentence1", "sentence2") if column in row)


def of_licenses() -> Iterator[str]:
    """The paragraphs of the licences."""
    for path in sorted(LICENSES.iterdir()):
        if not path.is_symlink():
            yield from re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))


def of_elements() -> Iterator[str]:
    """What is said of each element."""
    spec = importlib.util.find_spec("mendeleev")
    if spec is not None and spec.submodule_search_locations:
        path = Path(spec.submodule_search_locations[0]) / "elements.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
            rows = opened.execute("select description, sources, uses, name_origin from elements").fetchall()
        yield from (" ".join(filter(None, row)) for row in rows)


def main() -> None:
    """Write each lexicon whose corpus is here."""
    corpora = {name: list(of_datasets(files)) for name, files in CORPORA.items()} if DATASETS.is_dir() else {}
    corpora["law_licences"] = list(of_licenses()) if LICENSES.is_dir() else []
    corpora["chemistry_elements"] = list(of_elements())
    for name, texts in corpora.items():
        if not texts:
            print(f"{name}: its corpus is not here")
            continue
        found = write_lexicon(texts, FOLDER / f"{name}.csv", max_words=2000)
        print(f"{name}: {len(found)} words of {len(texts)} texts: {', '.join(found['word'].head(25))}")


if __name__ == "__main__":
    main()
