"""The uses of megawatts: one file each; a new use is a new file with `build(block, frame, ports)`."""
