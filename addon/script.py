"""Sluice as a plugin: `mitmdump --set confdir=config/mitmproxy -s addon/script.py`.

The shipped confdir points mitmproxy's reverse mode at a dead address. Only the addon opens the way to Ollama, so
when this file is edited, broken or deleted while mitmproxy runs, the door is closed, not open. Pages (chat, admin)
need `sluice up`; the plugin serves Ollama's API and `/gate/…`.
"""

from addon.proxy.plugin import Plugin

addons = [Plugin()]
