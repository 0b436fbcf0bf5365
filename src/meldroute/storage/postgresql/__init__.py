"""The PostgreSQL connection that says, before it asks for a guarded row, whose rows it may be given."""
