"""Metadata that only the place of the build knows: on GitHub, the addresses of the repository."""

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Links(MetadataHookInterface):
    """Fills in the project's links where a workflow builds it; elsewhere nobody could vouch for any."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the links."""
        server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
        home = f"{server}/{repository}"
        links = {"Source": home, "Changelog": f"{home}/blob/main/CHANGELOG.md", "Issues": f"{home}/issues"}
        metadata["urls"] = links if server and repository else {}
