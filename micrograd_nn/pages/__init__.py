"""What pages are made of: a graph or a training as data, rules as JavaScript, one document."""
