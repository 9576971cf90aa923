"""What the header and the banners say, from what the terminal knows. No Flet."""

from __future__ import annotations

from kiosk.actions import Actions
from kiosk.moments import minute_of
from kiosk.visit import FrameView

UNNAMED = "Borne pas encore configurée"


def frame_view(actions: Actions) -> FrameView:
    """Name of the place, time, state of the network. Moments are cut to the minute, which is all that is read."""
    site, network, said = actions.site(), actions.network(), actions.follow_call()
    since = network.offline_since if network.online is False else None
    return FrameView(
        site_name=site.name or UNNAMED,
        now=minute_of(actions.now()),
        zone=site.zone,
        online=network.online,
        offline_since=minute_of(since) if since else None,
        demonstration=actions.demonstration or site.demonstration,
        terminal_no=actions.terminal_no,
        answer=said.answer if said else "",
        answered_at=minute_of(said.at) if said and said.at else None,
    )
