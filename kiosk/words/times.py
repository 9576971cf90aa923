"""What stands between days and hours: the near days, from one hour to another, the hour of Paris."""

WORDS = {
    "time.yesterday": {"fr": "hier"},
    "time.today": {"fr": "aujourd’hui"},
    "time.tomorrow": {"fr": "demain"},
    "time.in_two_days": {"fr": "dans deux jours"},
    "time.in_three_days": {"fr": "dans trois jours"},
    "time.moment": {"fr": "{day}, {hour}"},
    "time.hours": {"fr": "de {start} à {end}"},
    "time.hours_short": {"fr": "{start} – {end}"},
    "time.paris": {"fr": "{hour} à Paris"},
}
