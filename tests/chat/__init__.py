"""One contract, several surfaces: what people do and see in a chat, told once for Slack, Discord and the terminal."""
