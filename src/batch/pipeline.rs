//! Work spread over threads, with results in the order of the input.
//!
//! One thread reads, some work, and the caller's thread takes the results in order.
//! A reader that is ahead waits, so that no more than a fixed number of items are
//! under way, whatever their speeds. A thread is woken only when there is enough for
//! it to do: waking costs about as much as a tenth of the work on an item.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Items under way for each worker.
const AHEAD: usize = 32;

/// Items that a worker takes from the queue at once, at most.
const HANDFUL: usize = 8;

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
    let desk = Desk::new(jobs);
    thread::scope(|scope| {
        let (desk, work) = (&desk, &work);
        scope.spawn(move || {
            let _guard = Last(desk);
            for item in items {
                if !desk.bring(item) {
                    return;
                }
            }
        });
        for _ in 0..jobs {
            scope.spawn(move || {
                let _guard = CloseOnPanic(desk);
                let mut handful = Vec::with_capacity(HANDFUL);
                while desk.fetch(&mut handful) {
                    for (n, item) in handful.drain(..) {
                        desk.finish(n, work(item));
                    }
                }
            });
        }
        let _guard = CloseOnPanic(desk);
        let mut ready = Vec::new();
        while desk.collect(&mut ready) {
            for result in ready.drain(..) {
                // After an error nobody waits for anything.
                take(result).inspect_err(|_| desk.close())?;
            }
        }
        Ok(())
    })
}

/// Where the threads meet: what is to be done and what is done.
struct Desk<T, U> {
    papers: Mutex<Papers<T, U>>,
    jobs: usize,
    /// There is something to do.
    to_do: Condvar,
    /// There is room for more.
    room: Condvar,
    /// The next result is there.
    done: Condvar,
}

struct Papers<T, U> {
    waiting: VecDeque<(usize, T)>,
    finished: BTreeMap<usize, U>,
    /// Items that were brought.
    brought: usize,
    /// Results that were collected.
    collected: usize,
    /// Results that were collected and dealt with.
    taken: usize,
    /// No more items will come.
    all_read: bool,
    closed: bool,
}

impl<T, U> Papers<T, U> {
    fn under_way(&self) -> usize {
        self.brought - self.taken
    }
}

impl<T, U> Desk<T, U> {
    fn new(jobs: usize) -> Desk<T, U> {
        Desk {
            papers: Mutex::new(Papers {
                waiting: VecDeque::new(),
                finished: BTreeMap::new(),
                brought: 0,
                collected: 0,
                taken: 0,
                all_read: false,
                closed: false,
            }),
            jobs,
            to_do: Condvar::new(),
            room: Condvar::new(),
            done: Condvar::new(),
        }
    }

    /// Waits for room and puts an item into the queue; false when nobody wants it.
    fn bring(&self, item: T) -> bool {
        let most = self.jobs * AHEAD;
        let mut papers = lock(&self.papers);
        if papers.under_way() >= most {
            // Once it has to wait, until half of the room is free.
            papers = wait(&self.room, papers, |p| {
                !p.closed && p.under_way() > most / 2
            });
        }
        if papers.closed {
            return false;
        }
        let n = papers.brought;
        papers.brought += 1;
        papers.waiting.push_back((n, item));
        drop(papers);
        self.to_do.notify_one();
        true
    }

    /// Waits for items and takes a fair share of them; false when there are no more.
    fn fetch(&self, handful: &mut Vec<(usize, T)>) -> bool {
        let papers = lock(&self.papers);
        let mut papers = wait(&self.to_do, papers, |p| {
            !p.closed && !p.all_read && p.waiting.is_empty()
        });
        if papers.closed || papers.waiting.is_empty() {
            return false;
        }
        let share = (papers.waiting.len() / self.jobs).clamp(1, HANDFUL);
        handful.extend(papers.waiting.drain(..share));
        true
    }

    fn finish(&self, n: usize, result: U) {
        let mut papers = lock(&self.papers);
        papers.finished.insert(n, result);
        let wanted = n == papers.collected;
        drop(papers);
        if wanted {
            self.done.notify_one();
        }
    }

    /// Waits for the next result and takes all that follow it; false when there are
    /// no more. What was collected before is dealt with by now.
    fn collect(&self, ready: &mut Vec<U>) -> bool {
        let mut papers = lock(&self.papers);
        papers.taken = papers.collected;
        if papers.under_way() <= self.jobs * AHEAD / 2 {
            self.room.notify_one();
        }
        let mut papers = wait(&self.done, papers, |p| {
            !(p.closed
                || p.finished.contains_key(&p.collected)
                || p.all_read && p.collected == p.brought)
        });
        if papers.closed {
            return false;
        }
        while let Some(result) = {
            let next = papers.collected;
            papers.finished.remove(&next)
        } {
            ready.push(result);
            papers.collected += 1;
        }
        !ready.is_empty()
    }

    /// No more items will come.
    fn end(&self) {
        lock(&self.papers).all_read = true;
        self.to_do.notify_all();
        self.done.notify_all();
    }

    fn close(&self) {
        lock(&self.papers).closed = true;
        self.to_do.notify_all();
        self.room.notify_all();
        self.done.notify_all();
    }
}

/// Tells the others that the reader is through, or that it panicked.
struct Last<'a, T, U>(&'a Desk<T, U>);

impl<T, U> Drop for Last<'_, T, U> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.close();
        } else {
            self.0.end();
        }
    }
}

/// Closes the desk when its thread panics, so that the others end and the panic is
/// seen instead of a wait for ever.
struct CloseOnPanic<'a, T, U>(&'a Desk<T, U>);

impl<T, U> Drop for CloseOnPanic<'_, T, U> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.close();
        }
    }
}

/// Waits as long as `not_yet` holds.
fn wait<'a, P>(
    changed: &Condvar,
    guard: MutexGuard<'a, P>,
    mut not_yet: impl FnMut(&P) -> bool,
) -> MutexGuard<'a, P> {
    changed
        .wait_while(guard, |papers| not_yet(papers))
        .unwrap_or_else(PoisonError::into_inner)
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
