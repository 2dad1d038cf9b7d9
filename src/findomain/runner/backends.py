"""Where cells run: processes of this machine (joblib with loky), or a Dask or Ray cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from findomain.errors import MissingExtraError, RunError

T = TypeVar("T")

BACKENDS = ("loky", "dask", "ray")
# A cell whose worker dies is tried again on another; one that kills three is given up.
RETRIES = 3


def distributed(
    function: Callable[..., T], calls: Sequence[tuple], *, n_jobs: int, backend: str, address: str
) -> Iterator[T]:
    """Results of the calls as they come.

    Raises:
        RunError: an unknown backend, a cluster that does not answer, or a call that no worker survives.
        MissingExtraError: the backend's package is not installed.
    """
    if backend not in BACKENDS:
        raise RunError(f"unknown backend {backend!r}, expected one of {', '.join(BACKENDS)}")
    if backend == "dask":
        yield from _dask(function, calls, address)
    elif backend == "ray":
        yield from _ray(function, calls, address)
    else:
        from joblib import Parallel, delayed

        yield from Parallel(n_jobs=n_jobs, return_as="generator_unordered")(delayed(function)(*call) for call in calls)


def _dask(function: Callable[..., T], calls: Sequence[tuple], address: str) -> Iterator[T]:
    try:
        from distributed import Client, as_completed
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise MissingExtraError("--backend dask needs the extra: pip install 'findomain[cluster]'") from error
    if not address:
        raise RunError("--backend dask needs the scheduler's --address, for example tcp://127.0.0.1:8786")
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise RunError(f"{address}: no Dask scheduler answers") from error
    with client:
        # pure=False: two runs of one call are two runs; the store, not the cluster, knows what is done.
        futures = [client.submit(function, *call, pure=False, retries=RETRIES) for call in calls]
        for future in as_completed(futures, loop=client.loop):
            try:
                yield future.result()
            except KilledWorker as error:
                raise RunError(f"{address}: a cell's worker died {RETRIES + 1} times") from error


def _ray(function: Callable[..., T], calls: Sequence[tuple], address: str) -> Iterator[T]:
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("--backend ray needs the package: pip install ray") from error
    try:
        ray.init(address=address or None, log_to_driver=False)
    except (ConnectionError, ValueError) as error:
        raise RunError(f"{address}: no Ray cluster answers") from error
    try:
        remote = ray.remote(max_retries=RETRIES)(function)
        waiting = [remote.remote(*call) for call in calls]
        while waiting:
            done, waiting = ray.wait(waiting)
            yield from ray.get(done)
    finally:
        ray.shutdown()
