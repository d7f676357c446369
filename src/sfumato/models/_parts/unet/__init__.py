"""Latent diffusion with the U-Net of Stable Diffusion: what 1, 2, XL and their kin share."""
