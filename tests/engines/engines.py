"""The engines that `OnBatch` is for: how each is started here, and does one job.

Tests skip where an engine is missing; `make engines` has all of them, and there a missing
one fails. Clusters have two workers, and listen on 127.0.0.1 only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from gradio_runtime.batch import OnBatch

from tests.support import optional

#: Rows of a batch; the tests have a Parquet file for each.
BATCH = 5


def package(name: str) -> Any:
    """Import a package; without it skip, or fail where all are to be there."""
    return optional.package(name, "engines")


class Engine:
    """One engine.

    Attributes:
        title: The heading of its part of docs/scale.md.
    """

    title: str

    def running(self) -> AbstractContextManager[object]:
        """It, or its cluster, as long as the context lasts."""
        raise NotImplementedError

    def do(self, on_batch: OnBatch, source: Path, target: Path) -> None:
        """Read a folder of Parquet files, and write another one."""
        raise NotImplementedError


class Ray(Engine):
    title = "Ray Data"

    @contextmanager
    def running(self) -> Iterator[None]:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        # Elsewhere than on Linux; so it listens on 127.0.0.1 alone.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        ray = package("ray")
        package("ray.data").DataContext.get_current().enable_progress_bars = False
        ray.init(
            num_cpus=2,
            object_store_memory=100 * 2**20,
            include_dashboard=False,
            # Two processes that stay: to start one takes longer than any test.
            _system_config={
                "num_workers_soft_limit": 2,
                "idle_worker_killing_time_threshold_ms": 3_600_000,
                "enable_worker_prestart": False,
            },
            log_to_driver=False,
            logging_level="ERROR",
        )
        try:
            yield
        finally:
            ray.shutdown()

    def do(self, on_batch: OnBatch, source: Path, target: Path) -> None:
        parquet = package("pyarrow.parquet")
        tables = [parquet.read_table(path) for path in sorted(source.iterdir())]
        ds = package("ray.data").from_arrow(tables)
        ds = ds.map_batches(on_batch, batch_format="pyarrow", batch_size=BATCH)
        target.mkdir()
        for place, table in enumerate(package("ray").get(ds.to_arrow_refs())):
            parquet.write_table(table, target / f"{place}.parquet")


class Dask(Engine):
    title = "Dask"

    @contextmanager
    def running(self) -> Iterator[None]:
        distributed = package("distributed")
        with (
            distributed.LocalCluster(
                n_workers=2,
                threads_per_worker=2,
                host="127.0.0.1",
                dashboard_address=None,
            ) as cluster,
            distributed.Client(cluster),
        ):
            yield

    def do(self, on_batch: OnBatch, source: Path, target: Path) -> None:
        ddf = package("dask.dataframe").read_parquet(source, split_row_groups=True)
        ddf = ddf.map_partitions(on_batch, meta=on_batch.schema(ddf))
        ddf.to_parquet(target, write_index=False)


class Datasets(Engine):
    title = "Hugging Face datasets"
    processes: int | None = 2

    @contextmanager
    def running(self) -> Iterator[None]:
        package("datasets").disable_progress_bars()
        yield

    def do(self, on_batch: OnBatch, source: Path, target: Path) -> None:
        files = [str(path) for path in sorted(source.glob("*.parquet"))]
        ds = package("datasets").Dataset.from_parquet(
            files, cache_dir=str(target.parent / "cache")
        )
        features = on_batch.schema(ds.features)
        done = ds.map(
            on_batch,
            batched=True,
            batch_size=BATCH,
            features=features,
            num_proc=self.processes,
        )
        target.mkdir()
        done.to_parquet(str(target / "all.parquet"))


class DatasetsAlone(Datasets):
    """In this process."""

    processes = None


class Spark(Engine):
    title = "Spark"
    method = "mapInPandas"

    @contextmanager
    def running(self) -> Iterator[None]:
        os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
        options = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
        }
        builder = package("pyspark.sql").SparkSession.builder.master("local[2]")
        with builder.config(map=options).getOrCreate() as self.session:
            yield

    def do(self, on_batch: OnBatch, source: Path, target: Path) -> None:
        df = self.session.read.parquet(str(source))
        schema = on_batch.schema(df.schema)
        getattr(df, self.method)(on_batch, schema).write.parquet(str(target))


class SparkArrow(Spark):
    """Its batches of Arrow."""

    method = "mapInArrow"


ENGINES: list[Engine] = [
    Ray(),
    Dask(),
    Datasets(),
    DatasetsAlone(),
    Spark(),
    SparkArrow(),
]
