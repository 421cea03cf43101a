"""The council's own register of cases: from an extract to rows without personal data, and to clocks."""
