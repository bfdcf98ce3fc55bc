"""What Slack accepts in messages, modals and home tabs, checked as Slack checks it."""
