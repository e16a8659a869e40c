"""Secrets that a page shows once."""

from admin_app.notes import Note, OneTimeNotes

NOTE = Note("key", "ci", "sl_secret")


def test_a_note_is_shown_once_to_its_own_session() -> None:
    notes = OneTimeNotes()
    notes.put("mine", "/here", NOTE)
    assert notes.take("other", "/here") is None
    assert notes.take("mine", "/elsewhere") is None
    assert notes.take("mine", "/here") == NOTE
    assert notes.take("mine", "/here") is None


def test_the_oldest_notes_are_dropped_beyond_the_bound() -> None:
    notes = OneTimeNotes()
    for number in range(101):
        notes.put(str(number), "/here", NOTE)
    assert notes.take("0", "/here") is None
    assert notes.take("1", "/here") == NOTE
    assert notes.take("100", "/here") == NOTE


def test_its_text_does_not_reach_a_log_by_accident() -> None:
    assert "sl_secret" not in repr(NOTE)
