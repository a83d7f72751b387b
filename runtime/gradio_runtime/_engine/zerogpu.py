"""ZeroGPU quota: whose it is when one app calls another.

A ZeroGPU Space counts GPU time against its visitor, whom the Hub names in a signed
header, `x-ip-token`. An app that calls such a Space while it serves a visitor passes
that header on, as Gradio's own client does (gradio_client 1.14 to 2.7, where it reads
`gradio.context.LocalContext`); else all its visitors would use up the app's own quota.
"""

from __future__ import annotations

import sys
from typing import Any

#: Names the visitor to a ZeroGPU Space; it belongs to them and goes to Spaces only.
IP_TOKEN = "x-ip-token"  # noqa: S105  # a header's name


def visitor_headers() -> dict[str, str]:
    """Return the header to pass on of the request that this task serves, if any.

    Call it where the user's code runs: the request is a context variable there. Without
    Gradio loaded there is none, and it is not loaded for this.
    """
    context: Any = sys.modules.get("gradio.context")
    try:
        token = context.LocalContext.request.get(None).headers.get(IP_TOKEN)
    except (AttributeError, LookupError):
        return {}
    return {IP_TOKEN: token} if isinstance(token, str) else {}
