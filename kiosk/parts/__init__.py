"""The parts screens are built from: controls, fields, keyboard, content blocks, frame."""
