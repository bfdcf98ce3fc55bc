"""The key: the only folder that knows everyone; it builds, starts and stops."""
