//! A database file that is only looked at: what is written to it stays in memory and is forgotten.
//! Used to check a file before it is opened for good, since checking may repair.
//! The file itself is never written; memory grows with the pages written, not with the file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// What is remembered as one: the database's own page.
const PAGE_BYTES: u64 = 4096;

/// The file, and what was written over it.
#[derive(Debug)]
pub(crate) struct Overlay(Mutex<State>);

#[derive(Debug)]
struct State {
    file: File,
    /// How much of the file still shows: a cut hides the rest for good.
    visible: u64,
    len: u64,
    pages: BTreeMap<u64, Vec<u8>>,
}

impl Overlay {
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self(Mutex::new(State { file, visible: len, len, pages: BTreeMap::new() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing is left half-done by a panic that a later look could not bear.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The bytes of the file, zeros where it shows none.
    fn read_file(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let shown =
            usize::try_from(self.visible.saturating_sub(offset)).map_or(out.len(), |shown| shown.min(out.len()));
        let (from_file, beyond) = out.split_at_mut(shown);
        beyond.fill(0);
        if !from_file.is_empty() {
            let _ = self.file.seek(SeekFrom::Start(offset))?;
            self.file.read_exact(from_file)?;
        }
        Ok(())
    }

    fn page(&mut self, number: u64) -> io::Result<&mut Vec<u8>> {
        if !self.pages.contains_key(&number) {
            let mut page = vec![0; PAGE_BYTES as usize];
            self.read_file(number * PAGE_BYTES, &mut page)?;
            let _ = self.pages.insert(number, page);
        }
        Ok(self.pages.get_mut(&number).expect("it was just put there"))
    }

    fn end(&self, offset: u64, bytes: usize) -> io::Result<u64> {
        let end = offset.checked_add(bytes as u64).filter(|end| *end <= self.len);
        end.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
    }
}

/// The part of `page` that lies in `offset..end`, as ranges within the page and within the `offset..end`.
fn overlap(page: u64, offset: u64, end: u64) -> (Range<usize>, Range<usize>) {
    let start = (page * PAGE_BYTES).max(offset);
    let stop = ((page + 1) * PAGE_BYTES).min(end);
    let within = |base: u64| (start - base) as usize..(stop - base) as usize;
    (within(page * PAGE_BYTES), within(offset))
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.state();
        let end = state.end(offset, out.len())?;
        state.read_file(offset, out)?;
        for (page, bytes) in state.pages.range(offset / PAGE_BYTES..end.div_ceil(PAGE_BYTES)) {
            let (in_page, in_out) = overlap(*page, offset, end);
            out[in_out].copy_from_slice(&bytes[in_page]);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.state();
        if len < state.len {
            state.visible = state.visible.min(len);
            let first_beyond = len.div_ceil(PAGE_BYTES);
            drop(state.pages.split_off(&first_beyond));
            if let Some(cut) = state.pages.get_mut(&(len / PAGE_BYTES)) {
                cut[(len % PAGE_BYTES) as usize..].fill(0);
            }
        }
        state.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let end = state.end(offset, data.len())?;
        for page in offset / PAGE_BYTES..end.div_ceil(PAGE_BYTES) {
            let (in_page, in_data) = overlap(page, offset, end);
            state.page(page)?[in_page].copy_from_slice(&data[in_data]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn it_reads_as_if_it_were_written_and_the_file_stays() {
        let mut file = tempfile::tempfile().expect("a file");
        let mut model: Vec<u8> = (0..10_000).map(|at: u32| (at % 251) as u8).collect();
        let original = model.clone();
        file.write_all(&model).expect("written");
        let overlay = Overlay::new(file.try_clone().expect("the same file")).expect("opens");
        let steps: [(u64, usize, u8); 4] = [(4_090, 20, 1), (0, 9_000, 2), (9_990, 10, 3), (8_192, 1, 4)];
        for (offset, bytes, value) in steps {
            overlay.write(offset, &vec![value; bytes]).expect("written");
            model[offset as usize..offset as usize + bytes].fill(value);
        }
        for len in [9_500, 4_100, 12_000] {
            overlay.set_len(len).expect("cut or grown");
            model.resize(len as usize, 0);
            let mut read = vec![9; model.len()];
            overlay.read(0, &mut read).expect("read");
            assert!(read == model, "at length {len}");
        }
        assert!(overlay.read(11_999, &mut [0; 2]).is_err(), "beyond the end");
        let mut kept = Vec::new();
        let _ = file.rewind().and_then(|()| file.read_to_end(&mut kept)).expect("read");
        assert!(kept == original);
    }
}
