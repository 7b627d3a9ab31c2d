"""Training steps on a CPU with fewer passes over memory: BN, addition and ReLU in one."""
