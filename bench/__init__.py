"""Side-by-side measurements of the engine: `scripts/bench NAME`, see docs/benchmarks.md."""
