"""The MCP server `agentgate mcp`: tools by which a model asks people. Needs the extra `mcp`."""
