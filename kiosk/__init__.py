"""What a person touches: a Flet app served on loopback by the terminal program."""
