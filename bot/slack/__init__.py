"""The Slack door: Bolt in Socket Mode, so no public address is needed."""
