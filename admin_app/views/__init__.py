"""One blueprint per subject; views are thin and state the rule they are under."""
