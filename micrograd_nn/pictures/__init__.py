"""What drawings are made of: boxes and arrows, folded, marked, written as DOT and laid out."""
