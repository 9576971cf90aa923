"""The guided window: a second Chromium over the kiosk, for the person's own business on the internet. No Flet, no sync.

It has a throw-away profile in memory, goes only where the content allows, and carries a bar of ours on every page.
"""
