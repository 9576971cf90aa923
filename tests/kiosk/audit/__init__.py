"""The accessibility audit of every screen: what a screen is made of (`tree`), what is asked of it (`rules`, `ink`),
and every screen drawn in every look (`showing`)."""
