"""The one place where models, tasks, evaluators and store meet."""

from findomain.runner.cache import EmbeddingCache
from findomain.runner.cell import Outcome, run_cell
from findomain.runner.embed import Embedder
from findomain.runner.judge import judge
from findomain.runner.plan import Listener, Plan, run

__all__ = ["Embedder", "EmbeddingCache", "Listener", "Outcome", "Plan", "judge", "run", "run_cell"]
