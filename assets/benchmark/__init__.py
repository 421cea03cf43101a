"""The comparison of councils: its mathematics filled from the marts, its results as relations, its words."""
