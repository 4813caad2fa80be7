"""Rules for text that people send."""


def no_null_bytes(value: str) -> str:
    """PostgreSQL's text holds every character but U+0000."""
    if "\x00" in value:
        raise ValueError("The text holds a null character: take it out.")
    return value
