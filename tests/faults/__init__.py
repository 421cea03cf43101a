"""What happens to a refresh that is killed, runs out of disk, or finds its files damaged: command and short test."""
