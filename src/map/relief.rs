//! Light and shade of the terrain, as a small transparent image in the map's
//! projection.

use super::project::{Utm, View};
use crate::data::{Data, DataError};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use std::io::{Read, Write};

const PATH: &str = "relief/hillshade.toml";

/// A grid of shades in degrees; 255 is unshaded.
#[derive(Debug, Clone)]
pub struct Relief {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    columns: usize,
    rows: usize,
    shades: Vec<u8>,
}

#[derive(serde::Deserialize)]
struct About {
    image: String,
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Relief {
    /// Reads the grid; none when the data has none.
    ///
    /// # Errors
    /// When the image is no 8-bit grey PNG or its extent cannot be read.
    pub fn load(data: &Data) -> Result<Option<Relief>, DataError> {
        if data.bytes(PATH).is_none() {
            return Ok(None);
        }
        let about: About =
            toml::from_str(data.text(PATH)?).map_err(|e| DataError::invalid(PATH, e.message()))?;
        let path = format!("relief/{}", about.image);
        let bytes = data
            .bytes(&path)
            .ok_or_else(|| DataError::Missing(path.clone()))?;
        let (columns, rows, shades) =
            read_png(bytes).map_err(|reason| DataError::invalid(&path, reason))?;
        Ok(Some(Relief {
            west: about.west,
            south: about.south,
            east: about.east,
            north: about.north,
            columns,
            rows,
            shades,
        }))
    }

    /// The shade at a place, interpolated; unshaded outside the grid.
    fn shade(&self, lon: f64, lat: f64) -> f64 {
        let x = (lon - self.west) / (self.east - self.west) * self.columns as f64 - 0.5;
        let y = (self.north - lat) / (self.north - self.south) * self.rows as f64 - 0.5;
        if !(x > 0.0 && y > 0.0) || x >= (self.columns - 1) as f64 || y >= (self.rows - 1) as f64 {
            return 255.0;
        }
        let (i, j) = (x as usize, y as usize);
        let (fx, fy) = (x - i as f64, y - j as f64);
        let at = |i: usize, j: usize| f64::from(self.shades[j * self.columns + i]);
        let value = (at(i, j) * (1.0 - fx) + at(i + 1, j) * fx) * (1.0 - fy)
            + (at(i, j + 1) * (1.0 - fx) + at(i + 1, j + 1) * fx) * fy;
        // Fades out over the last tenth of a degree: the grid's end is no cliff.
        let edge = (lon - self.west)
            .min(self.east - lon)
            .min(lat - self.south)
            .min(self.north - lat);
        255.0 - (255.0 - value) * (edge / 0.1).clamp(0.0, 1.0)
    }

    /// A PNG that lays the shade over the view's frame: black, more or less
    /// transparent, in steps that the eye does not see. One cell is `cell` pixels.
    pub fn image(&self, view: &View, utm: &Utm, cell: f64, strength: f64) -> Option<Vec<u8>> {
        let columns = (view.frame.width() / cell).ceil().clamp(2.0, 2000.0) as usize;
        let rows = (view.frame.height() / cell).ceil().clamp(2.0, 2000.0) as usize;
        // The projection is close to linear over a few cells: degrees are
        // computed on a coarse net and interpolated between.
        const NET: usize = 16;
        let at = |column: f64, row: f64| {
            let x = view.world.x0 + (column + 0.5) / columns as f64 * view.world.width();
            let y = view.world.y1 - (row + 0.5) / rows as f64 * view.world.height();
            utm.inverse(x, y)
        };
        let (net_columns, net_rows) = (columns / NET + 2, rows / NET + 2);
        let mut net = Vec::with_capacity(net_columns * net_rows);
        for j in 0..net_rows {
            for i in 0..net_columns {
                net.push(at((i * NET) as f64, (j * NET) as f64)?);
            }
        }
        let mut raw = Vec::with_capacity((columns + 1) * rows);
        let mut shaded = false;
        for row in 0..rows {
            raw.push(0);
            for column in 0..columns {
                let (i, j) = (column / NET, row / NET);
                let fx = (column % NET) as f64 / NET as f64;
                let fy = (row % NET) as f64 / NET as f64;
                let corner = |i: usize, j: usize| net[j * net_columns + i];
                let mix = |a: f64, b: f64, c: f64, d: f64| {
                    (a * (1.0 - fx) + b * fx) * (1.0 - fy) + (c * (1.0 - fx) + d * fx) * fy
                };
                let (a, b, c, d) = (
                    corner(i, j),
                    corner(i + 1, j),
                    corner(i, j + 1),
                    corner(i + 1, j + 1),
                );
                let shade = self.shade(mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1));
                let level = ((255.0 - shade) * strength / STEP)
                    .round()
                    .clamp(0.0, LEVELS - 1.0);
                shaded |= level > 0.0;
                raw.push(level as u8);
            }
        }
        if !shaded {
            return None;
        }
        Some(write_png(columns as u32, rows as u32, &raw))
    }
}

/// Levels of transparency and how far apart they are, of 255.
const LEVELS: f64 = 64.0;
const STEP: f64 = 2.0;

/// Reads an 8-bit grey PNG without interlace (PNG 1.2, sections 2 to 6).
fn read_png(bytes: &[u8]) -> Result<(usize, usize, Vec<u8>), &'static str> {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n").ok_or("no PNG")?;
    let (mut size, mut packed) = (None, Vec::new());
    while rest.len() >= 12 {
        let length = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
        let kind = &rest[4..8];
        let body = rest.get(8..8 + length).ok_or("cut off")?;
        match kind {
            b"IHDR" => {
                if body.len() != 13 || body[8] != 8 || body[9] != 0 || body[12] != 0 {
                    return Err("not 8-bit grey without interlace");
                }
                let number = |at: usize| {
                    u32::from_be_bytes([body[at], body[at + 1], body[at + 2], body[at + 3]])
                        as usize
                };
                size = Some((number(0), number(4)));
            }
            b"IDAT" => packed.extend_from_slice(body),
            _ => {}
        }
        rest = rest.get(12 + length..).unwrap_or_default();
    }
    let (columns, rows) = size.ok_or("no header")?;
    if !(2..=4096).contains(&columns) || !(2..=4096).contains(&rows) {
        return Err("smaller than 2 or larger than 4096 pixels");
    }
    let mut raw = Vec::new();
    let wanted = (columns + 1) * rows;
    ZlibDecoder::new(&packed[..])
        .take(wanted as u64)
        .read_to_end(&mut raw)
        .map_err(|_| "cannot be unpacked")?;
    if raw.len() != wanted {
        return Err("cut off");
    }
    let mut out: Vec<u8> = Vec::with_capacity(columns * rows);
    for row in raw.chunks_exact(columns + 1) {
        let (filter, values) = (row[0], &row[1..]);
        let from = out.len();
        for (i, value) in values.iter().enumerate() {
            let left = if i > 0 { out[from + i - 1] } else { 0 };
            let up = if from > 0 { out[from + i - columns] } else { 0 };
            let corner = if from > 0 && i > 0 {
                out[from + i - columns - 1]
            } else {
                0
            };
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return Err("has an unknown filter"),
            };
            out.push(value.wrapping_add(guess));
        }
    }
    Ok((columns, rows, out))
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let p = a + b - c;
    let (pa, pb, pc) = ((p - a).abs(), (p - b).abs(), (p - c).abs());
    if pa <= pb && pa <= pc {
        left
    } else if pb <= pc {
        up
    } else {
        corner
    }
}

/// Writes a PNG with a palette of black in [`LEVELS`] transparencies.
fn write_png(columns: u32, rows: u32, raw: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(columns.to_be_bytes());
    header.extend(rows.to_be_bytes());
    header.extend([8, 3, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"PLTE", &vec![0; LEVELS as usize * 3]);
    let alpha: Vec<u8> = (0..LEVELS as usize)
        .map(|i| (i as f64 * STEP) as u8)
        .collect();
    chunk(&mut out, b"tRNS", &alpha);
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::new(7));
    // Writing to memory does not fail.
    let packed = packer
        .write_all(raw)
        .and_then(|()| packer.finish())
        .unwrap_or_default();
    chunk(&mut out, b"IDAT", &packed);
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    out.extend((body.len() as u32).to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(body);
    out.extend(kind);
    out.extend(body);
    out.extend(crc.sum().to_be_bytes());
}
