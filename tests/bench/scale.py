"""How much is measured: everything as the targets say, or little in a few seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of one run. Each round starts processes of its own, so that no round profits from another.

    There are fewer `naive_hand_offs` because each of them takes up to a tenth of a second more. CPU is watched for
    `idle_s`; what is left behind is looked at as long after everybody has gone. The heartbeats' CPU is watched for
    `heartbeats_s`; 0 leaves it out. `asked` requests go each way, one after another, to see what the checks cost.
    """

    rounds: int
    depths: tuple[int, ...]
    hand_offs: int
    naive_hand_offs: int
    held: int
    idle_s: float
    heartbeats_s: float
    waiting: tuple[int, ...]
    arrivals: int
    asked: int


FULL = Scale(
    rounds=3,
    depths=(10, 1000),
    hand_offs=100,
    naive_hand_offs=50,
    held=5000,
    idle_s=10.0,
    heartbeats_s=20.0,
    waiting=(10, 100, 1000, 10_000, 100_000),
    arrivals=6000,
    asked=500,
)
QUICK = Scale(
    rounds=1,
    depths=(10, 100),
    hand_offs=10,
    naive_hand_offs=4,
    held=300,
    idle_s=0.5,
    heartbeats_s=0.0,
    waiting=(10, 100, 1000, 10_000),
    arrivals=300,
    asked=60,
)
