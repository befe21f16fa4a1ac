"""Signing in and out, and that nothing opens without."""


def test_signing_in_opens_today(person):
    editor = person("林编")
    assert (editor.status, editor.path) == (200, "/staff")
    assert "林编" in editor.text
