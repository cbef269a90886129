"""What a report tells: its figures, what each means, and its sections; plain values."""
