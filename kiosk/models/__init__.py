"""The view models of the kiosk: rules and words of each journey, without Flet and without SQL."""
