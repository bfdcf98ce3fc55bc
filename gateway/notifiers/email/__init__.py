"""Mail: one letter to one recipient, with links that only this recipient has."""
