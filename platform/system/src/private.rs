//! Folders and files that only their owner may read.
//! The store, the key file and the command socket's folder are made through it.
//! The narrow mode is set when the thing is created, so there is no moment in which others can open it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes the folder (and its parents) with mode 0700; one that exists is narrowed to 0700.
///
/// # Errors
/// What the system says: no permission, a file in the way, no space.
pub fn private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    let _ = builder.recursive(true);
    crate::os::restrict_new_dir(&mut builder);
    builder.create(path)?;
    crate::os::restrict_dir(path)
}

/// Opens a file for reading and writing, made with mode 0600 when it does not exist; its content stays.
/// One that exists is narrowed to 0600.
///
/// # Errors
/// What the system says: no permission, a folder in the way, no space.
pub fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let _ = options.read(true).write(true).create(true).truncate(false);
    crate::os::restrict_new_file(&mut options);
    let file = options.open(path)?;
    crate::os::restrict_file(&file)?;
    Ok(file)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).expect("it exists").permissions().mode() & 0o777
    }

    #[test]
    fn folder_and_file_belong_to_their_owner_alone() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let dir = home.path().join("a/b");
        private_dir(&dir).expect("a new folder");
        let path = dir.join("key");
        drop(private_file(&path).expect("a new file"));
        assert_eq!((mode(&dir), mode(&path)), (0o700, 0o600));
    }

    #[test]
    fn what_stood_open_is_narrowed_and_kept() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("key");
        std::fs::write(&path, b"kept").expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("opened up");
        drop(private_file(&path).expect("opens"));
        assert_eq!(mode(&path), 0o600);
        assert_eq!(std::fs::read(&path).expect("readable"), b"kept");
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("taken");
        std::fs::write(&path, b"").expect("a file");
        assert!(private_dir(&path).is_err());
    }
}
