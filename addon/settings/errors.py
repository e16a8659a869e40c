"""The errors of this package: what outsiders see, and how a value's reader says no."""


class SettingsError(ValueError):
    """A setting cannot be used as given. `str(error)` is one line, fit to be shown to the owner as it is.

    `where` names the place to mend: a file, `environment SLUICE_…` or `option --…`; `sentence` is the rest.
    """

    def __init__(self, where: str, sentence: str) -> None:
        self.where = where
        self.sentence = " ".join(sentence.split())
        super().__init__(f"{where}: {self.sentence}")


class UnfitError(ValueError):
    """A value does not fit its setting. The message ends the sentence "KEY must be …, but …".

    Stays inside this package: whoever knows the place turns it into a SettingsError.
    """
