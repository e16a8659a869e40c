"""The queue's targets, measured: `scripts/bench`. Figures of one run on one machine, to be quoted as ratios."""
