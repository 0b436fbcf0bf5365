"""What a template may call: words for times, and the components."""
