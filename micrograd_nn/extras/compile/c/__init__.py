"""C: the notation, a program's functions with lanes and loops, and a file that stands alone."""
