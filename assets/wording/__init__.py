"""The one home of words: how numbers, findings and a council's own cases are worded, and which counts are too small."""
