"""The pages of those who have logged in, as one table: method, path, function, who may, name in the navigation."""

from models.words import Scope
from web import audit, changes, home, keys, login, request, requests
from web.visit import Route

SEE = (Scope.REQUEST_READ, Scope.REQUEST_CREATE)
AUDIT = (Scope.AUDIT_READ,)
KEY = (Scope.KEY_MANAGE,)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", home.show),
    Route("GET", "/requests", requests.index, SEE, entry="Requests"),
    Route("GET", "/requests/changes", changes.stream, SEE),
    Route("GET", "/requests/{id}", request.show, SEE),
    Route("POST", "/requests/{id}/decide", request.answer, SEE),
    Route("GET", "/audit", audit.index, AUDIT, entry="Audit"),
    Route("GET", "/audit/export", audit.export, AUDIT),
    Route("GET", "/keys", keys.index, KEY, entry="Keys"),
    Route("POST", "/keys", keys.create, KEY),
    Route("GET", "/keys/new", keys.ask, KEY),
    Route("GET", "/keys/{id}/secret", keys.show_secret, KEY),
    Route("GET", "/keys/{id}/revoke", keys.ask_to_revoke, KEY),
    Route("POST", "/keys/{id}/revoke", keys.revoke, KEY),
    Route("POST", "/logout", login.log_out),
)
