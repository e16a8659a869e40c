"""mitmproxy's core with nothing of ours, for comparison: reverse mode, and answers that stream.

It is set up as the gate's own core is (no default addons, no TLS, no HTTP/2), but lets everything through.
Run: `python -m tests.bench.bare UPSTREAM_PORT`.
"""

import asyncio
import sys

from mitmproxy import ctx, http, options
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode

from addon.proxy.process import settle_memory
from addon.proxy.run import PLAIN_HTTP_1

COMMAND = ("-m", "tests.bench.bare")


class Bare:
    """The least an addon can do."""

    name = "nextlayer"

    def running(self) -> None:
        """Say where it listens."""
        proxyserver = ctx.master.addons.get("proxyserver")
        assert isinstance(proxyserver, Proxyserver)
        ((_, port, *_),) = proxyserver.listen_addrs()
        sys.stdout.write(f"READY http://127.0.0.1:{port}\n")
        sys.stdout.flush()

    def next_layer(self, nextlayer: NextLayer) -> None:
        """HTTP, without looking at the first bytes."""
        nextlayer.layer = HttpLayer(nextlayer.context, HTTPMode.transparent)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Pass the answer on as it comes."""
        assert flow.response is not None
        flow.response.stream = True


async def main(upstream_port: int) -> None:
    """Serve until killed."""
    master = Master(options.Options())
    # As in the gate: each log record would otherwise cost a loop callback.
    master._legacy_log_events.uninstall()  # pyright: ignore[reportPrivateUsage]
    master.addons.add(Proxyserver(), Bare())
    master.options.update(
        mode=[f"reverse:http://127.0.0.1:{upstream_port}"],
        listen_host="127.0.0.1",
        listen_port=0,
        **PLAIN_HTTP_1,
    )
    settle_memory()
    await master.run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
