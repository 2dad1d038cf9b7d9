"""A Sphinx extension that keeps the pages whole without a network.

Formulas become MathML, which browsers draw themselves, and the script of the searchable tables is taken from
the installed ``itables``. Its bundle is an ES module, and browsers refuse modules on pages opened from a disk:
it is rewritten as a plain script.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from findomain.errors import MissingExtraError

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

EXPORTS = re.compile(r"export\s*\{([^}]*)\};?\s*$", re.MULTILINE)


def setup(app: Sphinx) -> dict[str, object]:
    """Register the renderer of formulas and the scripts of the tables."""
    app.add_html_math_renderer("mathml", (_inline_math, None), (_display_math, None))
    app.config.html_math_renderer = "mathml"
    app.connect("html-page-context", _keep_own_files, priority=900)
    app.connect("build-finished", _copy_table_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def classic_script(module: str) -> str:
    """Rewrite an ES module as a plain script that leaves its exports in ``window.findomainTables``.

    Raises:
        MissingExtraError: the text does not end in one list of exports, so it is not the bundle that we know.
    """
    found = list(EXPORTS.finditer(module))
    if not found:
        raise MissingExtraError("the script of itables has no exports: install the pinned version, constraints.txt")
    last = found[-1]
    pairs = [pair.split(" as ") for pair in last.group(1).split(",")]
    exports = ", ".join(f'"{pair[-1].strip()}": {pair[0].strip()}' for pair in pairs)
    body = module[: last.start()] + module[last.end() :]
    return f"window.findomainTables = (function () {{\n{body}\nreturn {{{exports}}};\n}})();\n"


def _copy_table_scripts(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    import itables

    bundle = Path(itables.__file__).parent / "html"
    static = Path(app.outdir) / "_static"
    script = classic_script((bundle / "dt_bundle.js").read_text(encoding="utf-8"))
    (static / "datatables.js").write_text(script, encoding="utf-8")
    (static / "datatables.css").write_bytes((bundle / "dt_bundle.css").read_bytes())


def _keep_own_files(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Leave out of a page what another host would have to send, and thebe, which cannot run without one.

    Some extensions register their scripts twice, which browsers answer with an error: one copy stays.
    """
    for kind in ("script_files", "css_files"):
        kept = {_content(file): file for file in context[kind] if not _is_foreign(_content(file))}
        context[kind] = list(kept.values())


def _content(file: object) -> str:
    return f"{getattr(file, 'filename', file) or ''}{getattr(file, 'attributes', {}).get('body', '')}"


def _is_foreign(content: str) -> bool:
    return content.startswith(("http:", "https:", "//")) or "thebe" in content.lower()


def _inline_math(self: HTML5Translator, node: nodes.math) -> None:
    from docutils.nodes import SkipNode

    self.body.append(_mathml(node, "inline"))
    raise SkipNode


def _display_math(self: HTML5Translator, node: nodes.math_block) -> None:
    from docutils.nodes import SkipNode
    from sphinx.util.math import get_node_equation_number

    label = f' id="{node["ids"][0]}"' if node.get("ids") else ""
    number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>' if node["number"] else ""
    self.body.append(f'<div class="fd-math"{label}>{_mathml(node, "block")}{number}</div>')
    raise SkipNode


def _mathml(node: nodes.Element, display: str) -> str:
    from latex2mathml.converter import convert

    return convert(node.astext(), display=display)
