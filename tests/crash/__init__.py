"""What is left when a writer is killed, the disk is full, a folder is write-protected, or others write at the same time."""
