"""Working on the jobs of a store: many at once, step by step in one batcher.

worker = Worker(store, Shelf(), "gpu0")
worker.run(stop)
"""

from sfumato.studio.worker.worker import Worker

__all__ = ["Worker"]
