"""What the header and the banners say, from what the terminal knows. No Flet."""

from __future__ import annotations

from kiosk import french_time
from kiosk.actions import Actions
from kiosk.visit import FrameView

UNNAMED = "Borne pas encore configurée"


def frame_view(actions: Actions) -> FrameView:
    """Name of the place, clock of the site, state of the network in words."""
    site, network, now = actions.site(), actions.network(), actions.now()
    since = ""
    if network.online is False and network.offline_since is not None:
        since = french_time.moment_near(network.offline_since, now, site.zone)
    said = actions.follow_call()
    local = french_time.local(now, site.zone)
    return FrameView(
        site_name=site.name or UNNAMED,
        clock=french_time.hour(now, site.zone),
        date=french_time.day(local.date()),
        online=network.online,
        offline_since=since,
        demonstration=actions.demonstration or site.demonstration,
        terminal_no=actions.terminal_no,
        answer=said.answer if said else "",
        answered_at=french_time.hour(said.at, site.zone) if said and said.at else "",
    )
