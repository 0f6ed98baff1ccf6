//! Drives the binary as a user would, and holds the architecture's invariants.

mod common;

mod architecture;
mod bad_input;
mod broken;
mod cases;
mod commands;
mod decisions;
mod determinism;
mod evidence;
mod gazetteer;
mod gazetteer_cli;
mod geocode;
mod map;
mod merging;
mod options;
mod page;
mod quality;
mod report;
mod resume;
mod schema;
mod scoring;
mod seed;
