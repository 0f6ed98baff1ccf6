//! Drives the binary as a user would.

mod gazetteer;
mod report;
