"""Stages that make a picture larger, and what they stand on: DeepFloyd IF's cascade and the ×4 upscaler."""
