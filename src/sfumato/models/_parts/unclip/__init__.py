"""What the descendants of unCLIP share (Ramesh et al. 2022): a prior, from words to image embeddings."""
