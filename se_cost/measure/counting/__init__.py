"""What other counters say: fvcore, torch's FlopCounterMode, and the parameters of the module."""
