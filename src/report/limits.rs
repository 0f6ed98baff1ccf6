//! How much of an input is held in memory at once. Whatever is larger is rejected
//! by name, so that no input, hostile or broken, decides how much memory a run takes.

/// The longest text of one report, in bytes of UTF-8: 4 MiB, about 700,000 words.
pub const MAX_TEXT: usize = 4 << 20;

/// The longest record before it is decoded (a line, an element of an array, an
/// item of a feed), in bytes: four times the text, as `\uXXXX` escapes take six
/// bytes for a Cyrillic letter of two, and unknown fields pass.
pub const MAX_RECORD: usize = 16 << 20;

/// The longest HTML page, in bytes: 4 MiB. The parsed page takes a multiple of it.
pub const MAX_PAGE: usize = 4 << 20;

/// How deep the elements of an HTML page may be nested. Browsers stop at 512;
/// building the tree takes time with the square of it.
pub const MAX_DEPTH: usize = 512;

/// The longest title, URL, publisher or id, in bytes: 4 KiB.
pub const MAX_FIELD: usize = 4 << 10;

/// The longest block of header lines (text file, WARC record, HTTP response, head
/// of a feed), in bytes: 64 KiB.
pub const MAX_HEAD: usize = 64 << 10;

/// How many folders may lie in each other below an INPUT.
pub const MAX_FOLDERS: usize = 64;
