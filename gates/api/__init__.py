"""What a program calls: `gates.check` and what it gives back."""
