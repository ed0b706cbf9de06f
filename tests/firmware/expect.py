"""Expectations, in words that both Pythons know."""

from ohmboard.errors import Refusal


def refusal(code, function, *arguments):
    """Whether the call is refused with that code; the refusal's text."""
    try:
        value = function(*arguments)
    except Refusal as refused:
        assert refused.code == code, (refused.code, refused.text)
        return refused.text
    raise AssertionError("not refused: %r" % (value,))


def code(reply, expected):
    assert reply.code == expected, (reply.code, reply.text)
    return reply
