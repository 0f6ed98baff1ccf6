//! Drives the binary as a user would, and holds the architecture's invariants.

mod common;

mod architecture;
mod bad_input;
mod commands;
mod determinism;
mod evidence;
mod geocode;
mod merging;
mod options;
mod schema;
mod scoring;
