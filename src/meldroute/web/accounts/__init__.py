"""The only place that meets the sign-in library: what it may show, and nothing that makes an account."""
