//! Drives the binary as a user would.
