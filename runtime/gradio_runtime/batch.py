"""Many rows on many machines: an endpoint for Ray Data, Dask, `datasets` and Spark.

It imports none of these.
"""

from __future__ import annotations

from ._api.on_batch import OnBatch

__all__ = ["OnBatch"]
