//! A disk in memory that can die: after so many operations nothing works any more, and what was not synced is lost, kept or torn.
//! Handed to the store as its backend; the test keeps the other handle.
//! What was synced is there after every death.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// Bytes that a disk writes at once: a write in progress at a death is cut at such a border.
const SECTOR: usize = 512;

/// What becomes of the writes since the last sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsynced {
    Lost,
    Kept,
    /// Each write, or each sector of it, by itself; the number seeds the choice.
    Torn(u64),
}

#[derive(Debug)]
enum Undo {
    Write { at: usize, before: Vec<u8> },
    Length { before: Vec<u8>, length: usize },
}

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    /// How to get back to the last sync, the latest last.
    undo: Vec<Undo>,
    /// Writes and syncs that still work; `None`: all.
    left: Option<u32>,
    /// Handles of earlier lives do nothing any more.
    life: u32,
}

/// One disk; clones are handles to the same one.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    state: Arc<Mutex<State>>,
    life: u32,
}

impl Disk {
    /// Lets `left` more writes and syncs work, then none.
    pub fn die_after(&self, left: u32) {
        self.lock().left = Some(left);
    }

    /// The disk after the machine was started anew.
    pub fn revive(&self, unsynced: Unsynced) -> Self {
        let mut state = self.lock();
        let mut undo = std::mem::take(&mut state.undo);
        let mut choice = Choice(match unsynced {
            Unsynced::Lost | Unsynced::Kept => 0,
            Unsynced::Torn(seed) => seed,
        });
        while let Some(step) = undo.pop() {
            match (unsynced, step) {
                (Unsynced::Kept, _) => {}
                (Unsynced::Lost | Unsynced::Torn(_), Undo::Length { before, length }) => {
                    state.bytes.resize(length, 0);
                    let start = length - before.len();
                    state.bytes[start..].copy_from_slice(&before);
                }
                (Unsynced::Lost, Undo::Write { at, before }) => {
                    state.bytes[at..at + before.len()].copy_from_slice(&before);
                }
                (Unsynced::Torn(_), Undo::Write { at, before }) => {
                    for (index, sector) in before.chunks(SECTOR).enumerate() {
                        if choice.heads() {
                            let start = at + index * SECTOR;
                            state.bytes[start..start + sector.len()].copy_from_slice(sector);
                        }
                    }
                }
            }
        }
        state.left = None;
        state.life += 1;
        Self { state: Arc::clone(&self.state), life: state.life }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.lock();
        match state.life == self.life && state.left != Some(0) {
            true => Ok(state),
            false => Err(io::Error::other("the disk has died")),
        }
    }

    /// One of the operations that are counted.
    fn work(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.alive()?;
        if let Some(left) = &mut state.left {
            *left -= 1;
        }
        Ok(state)
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.alive()?.bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let at = usize::try_from(offset).map_err(io::Error::other)?;
        let state = self.alive()?;
        out.copy_from_slice(state.bytes.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).map_err(io::Error::other)?;
        let mut state = self.work()?;
        let length = state.bytes.len();
        let before = state.bytes.get(len..).unwrap_or_default().to_vec();
        state.bytes.resize(len, 0);
        state.undo.push(Undo::Length { before, length });
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.work()?.undo.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let at = usize::try_from(offset).map_err(io::Error::other)?;
        let mut state = self.work()?;
        let place = state.bytes.get_mut(at..at + data.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        let before = place.to_vec();
        place.copy_from_slice(data);
        state.undo.push(Undo::Write { at, before });
        Ok(())
    }
}

/// Seeded choices (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Clone, Copy, Debug)]
pub struct Choice(pub u64);

impl Choice {
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        let drawn = self.draw() % (bound as u64);
        usize::try_from(drawn).expect("it is below the bound")
    }

    pub fn heads(&mut self) -> bool {
        self.draw() & 1 == 0
    }
}
