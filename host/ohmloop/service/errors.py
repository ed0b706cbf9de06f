"""Errors of the service, each with its HTTP status; each is answered by `{"error": "<what, and what to do>"}`."""

from __future__ import annotations


class ServiceError(Exception):
    """A request that cannot be answered. `status` is the HTTP status, the message goes into the answer."""

    status = 400


class BadRequest(ServiceError):
    """The request itself is wrong: its JSON, a tensor, a header."""


class NotFound(ServiceError):
    """What the request names does not exist."""

    status = 404


class Occupied(ServiceError):
    """The station is busy or not ready for this; try again later."""

    status = 409


class TooLarge(ServiceError):
    """The body is larger than the service accepts."""

    status = 413


class UnsupportedEncoding(ServiceError):
    """The body is encoded in a way that the service does not know."""

    status = 415


class NoReading(ServiceError):
    """A board answered with something that is not a number: a column left its current range."""

    status = 503


class ServiceConfigurationError(Exception):
    """The service must not start like this; the message says why."""
