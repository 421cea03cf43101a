"""The council's own undertakings: its improvement plan, the panel's resolutions, its replies, its sign-offs."""
