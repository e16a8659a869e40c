"""One streamed chat each: arguments are URL, model and key; the answer's text goes to standard output."""
