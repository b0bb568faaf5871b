"""Routes of documents."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Path, Query
from starlette.responses import StreamingResponse

from sts_hub.documents import service
from sts_hub.documents.schemas import Document
from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.kit.database import Database
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads
from sts_hub.kit.shapes import Page
from sts_protocols.routing import GATEWAY_NAME
from sts_protocols.sample import SENSOR_NAME

router = Router(prefix="/documents", tags=["documents"])

_BYTES: Final = "application/octet-stream"

DocumentId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Gateway = Annotated[
    str | None, Query(pattern=f"^{GATEWAY_NAME.pattern}$", description="Only of this gateway.")
]
Source = Annotated[
    str | None, Query(pattern=f"^{SENSOR_NAME.pattern}$", description="Only from this source.")
]
Name = Annotated[
    str | None, Query(max_length=255, pattern=r"^[^\x00]*$", description="Only versions of this file.")
]


@router.get("", responses=described(NotSignedIn))
async def list_documents(
    caller: Asking,
    session: Reads,
    part: Part,
    gateway: Gateway = None,
    source: Source = None,
    name: Name = None,
) -> Page[Document]:
    """Result and activity files of your club, newest first; every version of each."""
    return await service.listed(session, caller, part, gateway, source, name)


@router.get(
    "/{document_id}/content",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The bytes as they were picked up.",
            "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}},
        },
        **described(NotSignedIn, NotFound),
    },
)
async def get_document_content(
    caller: Asking,
    session: Reads,
    database: Annotated[Database, Depends(provided(Database))],
    document_id: DocumentId,
) -> StreamingResponse:
    """The file itself, to be saved: never shown by the browser, whatever is in it."""
    document = await service.one(session, caller, document_id)
    return StreamingResponse(
        service.content(database, caller, document),
        media_type=_BYTES,
        headers={
            "Content-Length": str(document.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name.rpartition('/')[2], safe='')}",
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{document.sha256.hex()}"',
            "Cache-Control": "private, no-cache",
        },
    )
