"""Expectations, in words that both Pythons know."""

from ohmboard.errors import Refusal


def refusal(code, function, *arguments):
    """The call must be refused with that code; the refusal's text."""
    refused = None
    try:
        function(*arguments)
    except Refusal as error:
        refused = error
    assert refused is not None, arguments
    assert refused.code == code, (arguments, refused.code, refused.text)
    return refused.text


def code(reply, expected):
    assert reply.code == expected, (reply.code, reply.text)
    return reply
