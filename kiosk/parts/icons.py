"""Code points of the Phosphor icons (MIT) shipped in `kiosk/web/fonts`, by their Phosphor name.

The fonts are reduced to these glyphs: add a name here, then do as `kiosk/web/fonts/README.md` says.
"""

GLYPHS: dict[str, int] = {
    "ambulance": 0xE572, "arrow-down": 0xE03E, "arrow-elbow-down-left": 0xE044, "arrow-fat-up": 0xE52E,
    "arrow-left": 0xE058, "arrow-line-down": 0xE05C, "arrow-right": 0xE06C, "arrow-up": 0xE08E,
    "arrows-clockwise": 0xE094, "article": 0xE0A8, "asterisk": 0xE0AA, "at": 0xE0AC, "baby": 0xE774,
    "backspace": 0xE0AE, "barcode": 0xE0B8, "bell": 0xE0CE, "bicycle": 0xE0D6, "book-open": 0xE0E6, "briefcase": 0xE0EE,
    "buildings": 0xE102, "bus": 0xE106, "cake": 0xE780, "calendar-blank": 0xE10A, "calendar-check": 0xE712,
    "calendar-dots": 0xE7B4, "calendar-plus": 0xE714, "camera": 0xE10E, "car": 0xE112, "caret-down": 0xE136,
    "caret-left": 0xE138, "caret-right": 0xE13A, "caret-up": 0xE13C, "chair": 0xE950, "chat-circle-dots": 0xE16C,
    "check": 0xE182, "check-circle": 0xE184, "check-square": 0xE186, "circle": 0xE18A, "circle-half": 0xE18C,
    "circle-notch": 0xEB44, "clipboard-text": 0xE198, "clock": 0xE19A, "clock-countdown": 0xED2C, "cloud-slash": 0xE1B6,
    "coffee": 0xE1C2, "coins": 0xE78E, "confetti": 0xE81A, "desktop": 0xE560, "device-mobile": 0xE1E0, "door": 0xE61C,
    "dots-three": 0xE1FE, "ear": 0xE70C, "envelope-simple": 0xE218, "eye": 0xE220, "eye-slash": 0xE224,
    "file-text": 0xE23A, "fire-truck": 0xE574, "first-aid": 0xE56E, "flag": 0xE244, "gavel": 0xEA32, "globe": 0xE288,
    "graduation-cap": 0xE62C, "hammer": 0xE80E, "hand": 0xE298, "hand-pointing": 0xE29A, "hand-tap": 0xEC90,
    "hand-waving": 0xE580, "handbag": 0xE29C, "hands-clapping": 0xE6A0, "handshake": 0xE582, "hash": 0xE2A2,
    "heart": 0xE2A8, "hourglass-medium": 0xE2B8, "house": 0xE2C2, "identification-card": 0xE2C8, "info": 0xE2CE,
    "keyboard": 0xE2D8, "lifebuoy": 0xE63A, "lightbulb": 0xE2DC, "link": 0xE2E2, "list-bullets": 0xE2F2,
    "list-checks": 0xEADC, "list-numbers": 0xE2F6, "lock-key": 0xE2FE, "magnifying-glass": 0xE30C, "map-pin": 0xE316,
    "map-trifold": 0xE31A, "megaphone": 0xE324, "minus-circle": 0xE32C, "monitor": 0xE32E, "monitor-play": 0xE58C,
    "moped": 0xE824, "note": 0xE348, "note-pencil": 0xE34C, "number-circle-one": 0xE36A, "paper-plane-tilt": 0xE398,
    "path": 0xE39C, "pause": 0xE39E, "pencil-simple": 0xE3B4, "person": 0xE3A8, "phone": 0xE3B8, "phone-call": 0xE3BA,
    "play": 0xE3D0, "plus": 0xE3D4, "police-car": 0xEC4A, "printer": 0xE3DC, "prohibit": 0xE3DE, "qr-code": 0xE3E6,
    "question": 0xE3E8, "scales": 0xE750, "seal-check": 0xE606, "share": 0xE406, "share-network": 0xE408,
    "shield-check": 0xE40C, "shuffle": 0xE422, "sign-out": 0xE42A, "signature": 0xEBAC, "signpost": 0xE89C,
    "sparkle": 0xE6A2, "speaker-high": 0xE44A, "spinner-gap": 0xE66C, "square": 0xE45E, "star": 0xE46A,
    "stop-circle": 0xE46E, "storefront": 0xE470, "student": 0xE73E, "swap": 0xE83C, "text-aa": 0xE6EE, "text-t": 0xE48A,
    "ticket": 0xE490, "timer": 0xE492, "translate": 0xE4A2, "trash": 0xE4A6, "tree": 0xE6DA, "user": 0xE4C2,
    "users": 0xE4D6, "users-four": 0xE68C, "users-three": 0xE68E, "video-camera": 0xE4DA, "wallet": 0xE68A,
    "warning": 0xE4E0, "warning-circle": 0xE4E2, "warning-octagon": 0xE4E4, "wheelchair": 0xE4E8, "wifi-high": 0xE4EA,
    "wifi-slash": 0xE4F2, "x": 0xE4F6, "x-circle": 0xE4F8,
}  # fmt: skip

MIRRORED = frozenset({
    "arrow-elbow-down-left", "arrow-left", "arrow-right", "caret-left", "caret-right", "list-bullets",
    "list-checks", "list-numbers", "paper-plane-tilt", "sign-out", "signpost",
})  # fmt: skip
"""What points along the line of reading. A clock, a check, a speaker, a telephone and people stay as they are."""
