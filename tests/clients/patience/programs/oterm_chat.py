"""What oterm does below its text interface; its address and key come from the environment."""

import asyncio
import importlib
import sys

_, MODEL, _ = sys.argv[1:]


async def main() -> None:
    """Ask, and print the text as it comes."""
    # By name, because the repository itself has no use for it.
    agent = importlib.import_module("oterm.agent").get_agent(model=MODEL)
    async with agent.run_stream("hello") as answer:
        async for text in answer.stream_text(delta=True):
            sys.stdout.write(text)


asyncio.run(main())
