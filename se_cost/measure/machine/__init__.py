"""What the machine says of itself: clocks, load, temperature, memory, energy, bandwidth."""
