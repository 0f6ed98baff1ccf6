//! Which parts of the sheet are taken: boxes in the cells of a grid.

use super::geometry::Box2;

/// Boxes with an owner, found by place.
pub struct Occupancy {
    area: Box2,
    cell: f64,
    columns: usize,
    rows: usize,
    cells: Vec<Vec<(Box2, usize)>>,
}

impl Occupancy {
    /// Nothing taken yet in `area`; `cell` is about the size of a box.
    pub fn new(area: Box2, cell: f64) -> Occupancy {
        let columns = (area.width() / cell).ceil().clamp(1.0, 1000.0) as usize;
        let rows = (area.height() / cell).ceil().clamp(1.0, 1000.0) as usize;
        Occupancy {
            area,
            cell,
            columns,
            rows,
            cells: vec![Vec::new(); columns * rows],
        }
    }

    fn span(&self, b: &Box2) -> impl Iterator<Item = usize> + use<> {
        let column = |x: f64| {
            (((x - self.area.x0) / self.cell).floor().max(0.0) as usize).min(self.columns - 1)
        };
        let row = |y: f64| {
            (((y - self.area.y0) / self.cell).floor().max(0.0) as usize).min(self.rows - 1)
        };
        let (c0, c1, r0, r1) = (column(b.x0), column(b.x1), row(b.y0), row(b.y1));
        let columns = self.columns;
        (r0..=r1).flat_map(move |r| (c0..=c1).map(move |c| r * columns + c))
    }

    /// Takes a box.
    pub fn add(&mut self, b: Box2, owner: usize) {
        for at in self.span(&b) {
            self.cells[at].push((b, owner));
        }
    }

    /// Frees all boxes of an owner that lie at `b`.
    pub fn remove(&mut self, b: &Box2, owner: usize) {
        for at in self.span(b) {
            self.cells[at].retain(|(_, o)| *o != owner);
        }
    }

    /// Whether a taken box meets `b`.
    pub fn meets(&self, b: &Box2) -> bool {
        self.span(b)
            .any(|at| self.cells[at].iter().any(|(other, _)| other.overlaps(b)))
    }

    /// The owners of the boxes that meet `b`, sorted, each once.
    pub fn owners(&self, b: &Box2) -> Vec<usize> {
        let mut found: Vec<usize> = self
            .span(b)
            .flat_map(|at| &self.cells[at])
            .filter(|(other, _)| other.overlaps(b))
            .map(|(_, owner)| *owner)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How many boxes meet `b`; one that lies in several cells may count twice.
    pub fn count(&self, b: &Box2) -> usize {
        self.span(b)
            .map(|at| {
                self.cells[at]
                    .iter()
                    .filter(|(other, _)| other.overlaps(b))
                    .count()
            })
            .sum()
    }
}
