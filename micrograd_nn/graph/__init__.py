"""What a recorded graph can be asked: names, paths, numbers and gradients made again."""
