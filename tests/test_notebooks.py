"""Templates are clean, executed notebooks are sound and belong to them, every glued number exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
import yaml

from findomain import paths

TEMPLATES = sorted((paths.ROOT / "notebooks").glob("*.ipynb"))
EXECUTED = sorted((paths.ROOT / "book" / "executed").glob("*.ipynb"))
PROSE = sorted((paths.ROOT / "book").glob("*.md"))
MOST_CODE_CELLS = 15
LONGEST_DEF = 3
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FORBIDDEN = ("sys.path", "!pip", "%pip", "filterwarnings", "simplefilter", "tqdm")
ROLE = re.compile(r"\{glue(?::\w+)?\}`([^`]+)`")
DIRECTIVE = re.compile(r"^\s*[`:]{3,}\s*\{glue(?::\w+)?\}[ \t]+(\S+)", re.MULTILINE)

each_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
each_executed = pytest.mark.parametrize("path", EXECUTED, ids=lambda path: path.stem)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def test_there_are_templates_and_each_was_executed() -> None:
    assert TEMPLATES
    assert [path.stem for path in EXECUTED] == [path.stem for path in TEMPLATES]


def test_contents_name_each_notebook_once() -> None:
    toc = yaml.safe_load((paths.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert len(files) == len(set(files))
    assert {Path(name).name for name in files if "/executed/" in name} == {path.stem for path in TEMPLATES}


@each_template
def test_template_has_no_outputs_and_fixed_ids(path: Path) -> None:
    notebook = read(path)
    assert notebook.nbformat_minor >= 5
    assert dict(notebook.metadata) == METADATA
    assert [cell.id for cell in code_cells(notebook) if cell.outputs or cell.execution_count is not None] == []
    ids = re.findall(r'"id": "([^"]+)"', path.read_text(encoding="utf-8"))
    assert [cell.id for cell in notebook.cells] == ids


@each_template
def test_template_has_one_parameters_cell_of_plain_values(path: Path) -> None:
    found = [cell for cell in code_cells(read(path)) if "parameters" in tags(cell)]
    assert len(found) == 1
    assert "remove-cell" in tags(found[0])
    for node in ast.parse(found[0].source).body:
        assert isinstance(node, ast.Assign | ast.AnnAssign)
        assert node.lineno == node.end_lineno, "papermill reads parameters line by line"
        ast.literal_eval(node.value)


@each_template
def test_template_narrates_and_does_not_compute(path: Path) -> None:
    cells = code_cells(read(path))
    assert len(cells) <= MOST_CODE_CELLS
    code = "\n".join(cell.source for cell in cells)
    assert [word for word in FORBIDDEN if word in code] == []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert node.end_lineno - node.lineno < LONGEST_DEF, node.name


@each_executed
def test_executed_notebook_belongs_to_its_template(path: Path) -> None:
    template = read(paths.ROOT / "notebooks" / path.name)
    cells = [cell for cell in read(path).cells if "injected-parameters" not in tags(cell)]
    assert [(cell.id, cell.source, tags(cell)) for cell in cells] == [
        (cell.id, cell.source, tags(cell)) for cell in template.cells
    ]


@each_executed
def test_executed_notebook_is_complete_and_quiet(path: Path) -> None:
    notebook = read(path)
    cells = [cell for cell in code_cells(notebook) if cell.source.strip()]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    assert notebook.metadata["papermill"] == {"parameters": {}}, "committed with the default parameters"
    text = path.read_text(encoding="utf-8")
    assert str(paths.ROOT) not in text, "a path of one machine"
    assert not re.search(r"np\.(float|int)\d+\(", text), "a numpy scalar was glued: give float(x)"


@each_executed
def test_executed_notebook_gives_nbval_numbers_to_compare(path: Path) -> None:
    checked = [cell for cell in code_cells(read(path)) if "nbval-check-output" in tags(cell)]
    texts = [output.data.get("text/plain", "") for cell in checked for output in cell.outputs if "data" in output]
    assert any(re.search(r"\d", text) for text in texts), "no cell with numbers is tagged nbval-check-output"


def glued_keys(path: Path) -> set[str]:
    """The keys that an executed notebook glues."""
    outputs = [output for cell in code_cells(read(path)) for output in cell.outputs]
    return {output.metadata["scrapbook"]["name"] for output in outputs if "scrapbook" in output.get("metadata", {})}


def used_keys(text: str, page: Path) -> set[tuple[Path, str]]:
    """The keys that prose uses, each with the notebook that has to glue it."""
    used = set()
    for target in ROLE.findall(text) + DIRECTIVE.findall(text):
        document, separator, rest = target.partition("::")
        source = (page.parent / document).resolve() if separator else page
        used.add((source, (rest if separator else target).split(":")[0]))
    return used


@pytest.mark.parametrize("page", [*PROSE, *EXECUTED], ids=lambda page: page.name)
def test_every_number_in_prose_is_glued(page: Path) -> None:
    if page.suffix == ".ipynb":
        text = "\n".join(cell.source for cell in read(page).cells if cell.cell_type == "markdown")
    else:
        text = page.read_text(encoding="utf-8")
    missing = {(source.name, key) for source, key in used_keys(text, page) if key not in glued_keys(source)}
    assert missing == set()
