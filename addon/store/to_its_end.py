"""Work on the database that is not left alone half-way when its caller is cancelled."""

import asyncio
from collections.abc import Coroutine


async def to_its_end[T](work: Coroutine[object, object, T]) -> T:
    """Do it, also when the caller is cancelled meanwhile; the cancellation then takes effect behind it.

    The driver's thread would otherwise go on alone, and answer to an event loop that may be closed by then.
    """
    doing = asyncio.create_task(work)  # noqa: TID251 - kept here until its end
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise
