"""The pure core: it decides; it does no I/O, reads no clock and knows no framework."""
