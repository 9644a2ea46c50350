"""What a training is made of: what it minimises, and what is recorded on the way."""
