"""Why a platform cannot be reached, in the words of whoever runs the server, not of a library's classes."""

import os

from aiohttp import ClientConnectorCertificateError, ClientConnectorDNSError, ClientConnectorError, ClientSSLError


def why(error: Exception) -> str:
    """Return what stood in the way of a call; the error's own name where nothing better is known."""
    match error:
        case TimeoutError():
            return "no answer in time"
        case ClientConnectorDNSError():
            return f"the name {error.host} is not found"
        case ClientConnectorCertificateError():
            return f"the certificate of {error.host} is not trusted"
        case ClientSSLError():
            return f"{error.host}:{error.port} speaks no TLS that can be trusted"
        case ClientConnectorError() if error.os_error.errno:
            return f"{error.host}:{error.port}: {os.strerror(error.os_error.errno)}"
    return type(error).__name__
