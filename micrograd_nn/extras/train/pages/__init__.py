"""The page of a training: its losses, its weights at each epoch, and what they predict."""
