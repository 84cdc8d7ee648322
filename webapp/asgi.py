"""The web part as an ASGI application, for uvicorn."""

import os
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
# whitenoise hands Django a file to read in this thread; ours are small, so the advice to stream them does not apply.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
django = get_asgi_application()
# Each request has a thread of its own, which would open a connection of its own: ten milliseconds of work for us and
# the database, more than most of its questions. One that died meanwhile is found out before it is handed over.
POOL = {"min_size": 0, "max_size": 60, "max_idle": 60, "num_workers": 6, "timeout": 5}
if not settings.TEST:  # tests import this file, and copy databases that no idle connection may hold
    connections.settings["default"]["OPTIONS"]["pool"] = POOL
    connections.settings["default"]["CONN_HEALTH_CHECKS"] = True

from webapp.base import rekeying  # noqa: E402 — models can be read only once Django is set up
from webapp.plans import warming  # noqa: E402


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Answer as Django does; when the server starts, make sure of its keys, and read the library beside it."""
    if scope["type"] != "lifespan":
        await django(scope, receive, send)
        return
    await receive()
    try:
        await sync_to_async(rekeying.refuse_without_keys)()
    except ImproperlyConfigured as lacking:
        await send({"type": "lifespan.startup.failed", "message": str(lacking)})
        return
    warming.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await sync_to_async(connections["default"].close_pool)()
    await send({"type": "lifespan.shutdown.complete"})
