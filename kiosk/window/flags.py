"""What the Chromium of a guided window is started with, and what no page in it is given."""

from __future__ import annotations

from kiosk.browser import SHARED_FLAGS

FLAGS = (
    *SHARED_FLAGS,
    "--remote-debugging-pipe",
    "--deny-permission-prompts",
    "--accept-lang=fr-FR,fr",
    "--disable-notifications",
    "--disable-file-system",
    "--disable-save-password-bubble",
    "--autoplay-policy=no-user-gesture-required",
)
DENIED = (
    "camera", "microphone", "geolocation", "notifications", "clipboard-read", "clipboard-write", "midi",
    "background-sync", "payment-handler", "persistent-storage", "idle-detection", "local-fonts", "window-management",
)  # fmt: skip
