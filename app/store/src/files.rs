//! The files of a data directory: lock, key, database; how they are found, made and checked.
//! Called by `Store::open` alone.
//! Nothing is made where something was lost, and nothing is written before what is there has been checked.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use redb::{Builder, Database, ReadableDatabase as _, StorageBackend, TableDefinition, TableError};

use crate::overlay::Overlay;
use crate::seal::{KEY_BYTES, Sealer};
use crate::{DATABASE_FILE, KEY_FILE, LOCK_FILE, StoreError};

/// The schema that this program reads and writes.
pub(crate) const SCHEMA: u32 = 1;

/// Pages kept in memory: the whole history of years fits, and a phone has other uses for its memory.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

/// What must be readable before any key is known: the schema, in clear, and a sealed proof that the key file belongs here.
const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");
const META_SCHEMA: &str = "schema";
const META_PROOF: &str = "proof";

/// The names of everything in one data directory.
pub(crate) struct Files {
    pub(crate) dir: PathBuf,
    pub(crate) lock: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) database: PathBuf,
    new_key: PathBuf,
    new_database: PathBuf,
}

/// What an opened data directory consists of. Dropping it gives the directory free.
pub(crate) struct Opened {
    pub(crate) database: Database,
    pub(crate) sealer: Sealer,
    pub(crate) lock: File,
}

impl Files {
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            lock: dir.join(LOCK_FILE),
            key: dir.join(KEY_FILE),
            database: dir.join(DATABASE_FILE),
            new_key: dir.join(format!("{KEY_FILE}.new")),
            new_database: dir.join(format!("{DATABASE_FILE}.new")),
        }
    }

    pub(crate) fn open(&self) -> Result<Opened, StoreError> {
        ahoy_system::private_dir(&self.dir).map_err(StoreError::io("make or open", &self.dir))?;
        let lock = self.take_lock()?;
        match (self.exists(&self.key)?, self.exists(&self.database)?) {
            (true, true) => {}
            (false, false) => {
                self.make()?;
                self.finish_making()?;
            }
            // The last step of making was interrupted.
            (true, false) if self.exists(&self.new_database)? => self.finish_making()?,
            (true, false) => {
                return Err(StoreError::damaged(&self.database, "it is missing although its key file is there"));
            }
            (false, true) => {
                return Err(StoreError::damaged(
                    &self.key,
                    "it is missing, and the database cannot be read without it",
                ));
            }
        }
        let sealer = Sealer::new(&self.read_key()?);
        self.check(&sealer)?;
        let _ = ahoy_system::private_file(&self.database).map_err(StoreError::io("open", &self.database))?;
        let mut builder = Database::builder();
        let _ = builder.set_cache_size(CACHE_BYTES);
        let database =
            builder.open(&self.database).map_err(|error| StoreError::database(&self.database, error.into()))?;
        Ok(Opened { database, sealer, lock })
    }

    fn take_lock(&self) -> Result<File, StoreError> {
        let lock = ahoy_system::private_file(&self.lock).map_err(StoreError::io("open", &self.lock))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(self.dir.clone())),
            Err(TryLockError::Error(error)) => Err(StoreError::io("lock", &self.lock)(error)),
        }
    }

    fn exists(&self, file: &Path) -> Result<bool, StoreError> {
        file.try_exists().map_err(StoreError::io("look for", file))
    }

    /// Writes key and database under names of their own, so that a half-made pair is never taken for a phone.
    fn make(&self) -> Result<(), StoreError> {
        for stale in [&self.new_key, &self.new_database] {
            if self.exists(stale)? {
                fs::remove_file(stale).map_err(StoreError::io("remove", stale))?;
            }
        }
        let mut key = [0; KEY_BYTES];
        rand::fill(&mut key);
        ahoy_system::private_file(&self.new_key)
            .and_then(|mut file| file.write_all(&key).and_then(|()| file.sync_all()))
            .map_err(StoreError::io("write", &self.new_key))?;
        let _ = ahoy_system::private_file(&self.new_database).map_err(StoreError::io("write", &self.new_database))?;
        write_new(&self.new_database, &Sealer::new(&key))
            .map_err(|error| StoreError::database(&self.new_database, error))
    }

    fn finish_making(&self) -> Result<(), StoreError> {
        if self.exists(&self.new_key)? {
            fs::rename(&self.new_key, &self.key).map_err(StoreError::io("name", &self.key))?;
        }
        fs::rename(&self.new_database, &self.database).map_err(StoreError::io("name", &self.database))?;
        // Names too have to outlast a loss of power. Where a folder cannot be opened, the system sees to it itself.
        match File::open(&self.dir) {
            Ok(dir) => dir.sync_all().map_err(StoreError::io("write", &self.dir)),
            Err(_) => Ok(()),
        }
    }

    fn read_key(&self) -> Result<[u8; KEY_BYTES], StoreError> {
        let mut bytes = Vec::new();
        let _ = ahoy_system::private_file(&self.key)
            // One byte more than a key tells a file that is too long.
            .and_then(|file| file.take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes))
            .map_err(StoreError::io("read", &self.key))?;
        bytes.try_into().map_err(|_| StoreError::damaged(&self.key, format!("it must hold {KEY_BYTES} bytes")))
    }

    /// Looks at all of the file first, without writing to it: checking may repair, and a damaged or newer file must stay
    /// as it is.
    fn check(&self, sealer: &Sealer) -> Result<(), StoreError> {
        let file = ahoy_system::private_file(&self.database).map_err(StoreError::io("open", &self.database))?;
        let overlay = Overlay::new(file).map_err(StoreError::io("read", &self.database))?;
        if overlay.len().map_err(StoreError::io("read", &self.database))? == 0 {
            return Err(StoreError::damaged(&self.database, "it is empty"));
        }
        let mut builder = Builder::new();
        let _ = builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
        let meta = builder
            .create_with_backend(overlay)
            .map_err(redb::Error::from)
            .and_then(|copy| read_meta(&copy))
            .map_err(|error| StoreError::database(&self.database, error))?;
        check_meta(meta, sealer, &self.database, &self.key)
    }
}

/// Whether the database is one of ours, not newer than this program, and sealed under this key.
fn check_meta(meta: Option<(u32, Vec<u8>)>, sealer: &Sealer, database: &Path, key: &Path) -> Result<(), StoreError> {
    let Some((schema, proof)) = meta else {
        return Err(StoreError::damaged(database, "it is not the database of a phone"));
    };
    if schema > SCHEMA {
        return Err(StoreError::Newer { file: database.to_owned(), found: schema, known: SCHEMA });
    }
    sealer
        .open::<()>("meta", META_PROOF.as_bytes(), &proof)
        .map_err(|_| StoreError::damaged(key, "it is not the key of the database beside it"))
}

/// Opens a database that is not a file; makes it when there is nothing yet.
pub(crate) fn open_backend(
    backend: impl StorageBackend,
    sealer: &Sealer,
    named: &Path,
) -> Result<Database, StoreError> {
    let new = backend.len().map_err(StoreError::io("read", named))? == 0;
    let mut builder = Builder::new();
    let _ = builder.set_cache_size(CACHE_BYTES);
    let fail = |error: redb::Error| StoreError::database(named, error);
    let database = builder.create_with_backend(backend).map_err(|error| fail(error.into()))?;
    if new {
        write_meta(&database, sealer).map_err(fail)?;
    }
    check_meta(read_meta(&database).map_err(fail)?, sealer, named, named)?;
    Ok(database)
}

fn write_new(path: &Path, sealer: &Sealer) -> Result<(), redb::Error> {
    let database = Database::create(path)?;
    write_meta(&database, sealer)?;
    database.close()?;
    Ok(())
}

fn write_meta(database: &Database, sealer: &Sealer) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    {
        let mut meta = write.open_table(META)?;
        let _ = meta.insert(META_SCHEMA, SCHEMA.to_be_bytes().as_slice())?;
        let _ = meta.insert(META_PROOF, sealer.seal("meta", META_PROOF.as_bytes(), &()).as_slice())?;
    }
    write.commit()?;
    Ok(())
}

/// Schema and proof; `None` when this is no database of ours.
fn read_meta(database: &Database) -> Result<Option<(u32, Vec<u8>)>, redb::Error> {
    let meta = match database.begin_read()?.open_table(META) {
        Ok(meta) => meta,
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let schema = meta.get(META_SCHEMA)?.and_then(|schema| schema.value().try_into().ok()).map(u32::from_be_bytes);
    // A newer schema may keep its proof elsewhere.
    let proof = meta.get(META_PROOF)?.map(|proof| proof.value().to_vec()).unwrap_or_default();
    Ok(schema.map(|schema| (schema, proof)))
}
