"""The ground: text, files, nested lists, colors, tables as printed, what other libraries say."""
