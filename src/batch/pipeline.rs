//! Work spread over threads, with results in the order of the input.
//!
//! One thread reads, some work, and the caller's thread takes the results in order.
//! A reader that is ahead waits, so that no more than a fixed number of items are
//! under way, whatever their speeds.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Items under way for each worker.
const AHEAD: usize = 32;

/// Does `work` on every item and hands the results to `take` in the order of the
/// items. With one job all is done in this thread, one item after the other.
///
/// An item is done as soon as it is read, whatever the reader does next, and its
/// result is taken as soon as those before it are.
///
/// # Errors
/// The first error of `take`; the reader is then asked for no more than one item.
pub fn ordered<T, U, E>(
    items: impl Iterator<Item = T> + Send,
    jobs: usize,
    work: impl Fn(T) -> U + Sync,
    mut take: impl FnMut(U) -> Result<(), E>,
) -> Result<(), E>
where
    T: Send,
    U: Send,
{
    if jobs <= 1 {
        for item in items {
            take(work(item))?;
        }
        return Ok(());
    }
    let room = Room::new(jobs * AHEAD);
    let (to_work, from_reader) = sync_channel::<(usize, T)>(jobs * AHEAD);
    let (to_writer, results) = sync_channel::<(usize, U)>(jobs * AHEAD);
    let from_reader = Mutex::new(from_reader);
    thread::scope(|scope| {
        let (room, work, from_reader) = (&room, &work, &from_reader);
        scope.spawn(move || {
            for numbered in items.enumerate() {
                if !room.enter() || to_work.send(numbered).is_err() {
                    return;
                }
            }
        });
        for _ in 0..jobs {
            let to_writer = to_writer.clone();
            scope.spawn(move || {
                let _guard = CloseOnPanic(room);
                while let Some((n, item)) = next(from_reader) {
                    if to_writer.send((n, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(to_writer);
        let _guard = CloseOnPanic(room);
        let taken = in_order(&results, room, &mut take);
        // After an error nobody waits for room or for a place in the queue.
        room.close();
        drop(results);
        taken
    })
}

fn next<T>(queue: &Mutex<Receiver<T>>) -> Option<T> {
    lock(queue).recv().ok()
}

fn in_order<U, E>(
    results: &Receiver<(usize, U)>,
    room: &Room,
    take: &mut impl FnMut(U) -> Result<(), E>,
) -> Result<(), E> {
    let mut wanted = 0;
    let mut early: BTreeMap<usize, U> = BTreeMap::new();
    for (n, result) in results {
        early.insert(n, result);
        while let Some(result) = early.remove(&wanted) {
            take(result)?;
            wanted += 1;
            room.leave();
        }
    }
    Ok(())
}

/// Counts the items under way.
struct Room {
    /// Free places; none when it is closed.
    free: Mutex<Option<usize>>,
    changed: Condvar,
}

impl Room {
    fn new(places: usize) -> Room {
        Room {
            free: Mutex::new(Some(places)),
            changed: Condvar::new(),
        }
    }

    /// Waits for a place; false when the room is closed.
    fn enter(&self) -> bool {
        let mut free = lock(&self.free);
        loop {
            match *free {
                None => return false,
                Some(0) => {
                    free = self
                        .changed
                        .wait(free)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                Some(n) => {
                    *free = Some(n - 1);
                    return true;
                }
            }
        }
    }

    fn leave(&self) {
        if let Some(free) = lock(&self.free).as_mut() {
            *free += 1;
        }
        self.changed.notify_one();
    }

    fn close(&self) {
        *lock(&self.free) = None;
        self.changed.notify_all();
    }
}

/// Closes the room when its thread panics, so that the others end and the panic is
/// seen instead of a wait for ever.
struct CloseOnPanic<'a>(&'a Room);

impl Drop for CloseOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.close();
        }
    }
}

/// What a thread that panicked left behind is still a queue and a number.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_come_in_order_and_no_more_than_a_few_are_under_way() {
        let under_way = AtomicUsize::new(0);
        for jobs in [1, 2, 5] {
            let mut taken = Vec::new();
            let items = (0..2000).inspect(|_| {
                let n = under_way.fetch_add(1, Ordering::SeqCst);
                assert!(n <= jobs * AHEAD + 1, "{n}");
            });
            let done: Result<(), ()> = ordered(
                items,
                jobs,
                |n: u64| {
                    if n.is_multiple_of(7) {
                        thread::yield_now();
                    }
                    n * n
                },
                |n| {
                    under_way.fetch_sub(1, Ordering::SeqCst);
                    taken.push(n);
                    Ok(())
                },
            );
            assert!(done.is_ok());
            assert_eq!(taken, (0..2000).map(|n| n * n).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn a_panic_ends_it() {
        for in_worker in [true, false] {
            let done = std::panic::catch_unwind(|| {
                ordered(
                    0..100_000,
                    3,
                    |n: usize| {
                        assert!(!in_worker || n != 50, "on purpose");
                        n
                    },
                    |n| {
                        assert!(in_worker || n != 50, "on purpose");
                        Ok::<(), ()>(())
                    },
                )
            });
            assert!(done.is_err());
        }
    }

    #[test]
    fn an_error_ends_it() {
        for jobs in [1, 3] {
            let read = AtomicUsize::new(0);
            let done = ordered(
                (0..).inspect(|_| {
                    read.fetch_add(1, Ordering::SeqCst);
                }),
                jobs,
                |n: usize| n,
                |n| if n == 10 { Err("enough") } else { Ok(()) },
            );
            assert_eq!(done, Err("enough"));
            assert!(read.load(Ordering::SeqCst) <= 10 + jobs * AHEAD + 2);
        }
    }
}
