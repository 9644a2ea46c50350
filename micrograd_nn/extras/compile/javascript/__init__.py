"""JavaScript: the notation, the rules of a page, and a module that stands alone."""
