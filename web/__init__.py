"""The pages: a door for people with a browser, without an account in any chat."""
