//! Makes this program the one that opens `ahoy:` links, by the Desktop Entry Specification: a `.desktop` file and an icon.
//! The command `register` calls it; the folder is the person's own, so no other account and no package is touched.
//! Two programs of the desktop are told when they are there; what they are for is said when they are not.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The kind of a link, as desktops name it.
const SCHEME: &str = "x-scheme-handler/ahoy";
/// Below the folder for data; the window bears the same name, so that task bars find its icon.
const ENTRY: &str = "applications/ahoy.desktop";
const ICON: &str = "icons/hicolor/scalable/apps/ahoy.svg";

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Files that were written or removed.
    pub files: Vec<PathBuf>,
    /// What could not be told to the desktop, and why.
    pub untold: Vec<String>,
}

/// Has `program` open links from now on. `data_home` is the person's folder for data (`$XDG_DATA_HOME`), `icon` an SVG.
///
/// # Errors
/// The files cannot be written, or the program's path cannot stand in one.
pub fn register(data_home: &Path, program: &Path, icon: &str) -> io::Result<Registered> {
    let mut done = write(data_home, program, icon)?;
    tell(&mut done, "update-desktop-database", &[folder_of_entries(data_home)]);
    tell(&mut done, "xdg-mime", &["default".into(), "ahoy.desktop".into(), SCHEME.into()]);
    Ok(done)
}

fn write(data_home: &Path, program: &Path, icon: &str) -> io::Result<Registered> {
    let entry = entry(program)?;
    let mut done = Registered::default();
    for (name, content) in [(ENTRY, entry.as_str()), (ICON, icon)] {
        let path = data_home.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content)?;
        done.files.push(path);
    }
    Ok(done)
}

/// Takes back what [`register`] wrote. What is not there is no error.
///
/// # Errors
/// A file cannot be removed.
pub fn remove(data_home: &Path) -> io::Result<Registered> {
    let mut done = delete(data_home)?;
    if !done.files.is_empty() {
        tell(&mut done, "update-desktop-database", &[folder_of_entries(data_home)]);
    }
    Ok(done)
}

fn delete(data_home: &Path) -> io::Result<Registered> {
    let mut done = Registered::default();
    for name in [ENTRY, ICON] {
        let path = data_home.join(name);
        match fs::remove_file(&path) {
            Ok(()) => done.files.push(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

fn folder_of_entries(data_home: &Path) -> PathBuf {
    data_home.join("applications")
}

fn tell(done: &mut Registered, program: &str, arguments: &[PathBuf]) {
    let ran = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let why = match ran {
        Ok(output) if output.status.success() => return,
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => "not installed".to_owned(),
        Err(error) => error.to_string(),
    };
    done.untold.push(format!("{program}: {why}"));
}

fn entry(program: &Path) -> io::Result<String> {
    let wrong = |what| io::Error::new(io::ErrorKind::InvalidInput, what);
    let program = program.to_str().ok_or_else(|| wrong("the program's path is no UTF-8"))?;
    if program.chars().any(char::is_control) {
        return Err(wrong("the program's path has a control character"));
    }
    let exec = quoted(program);
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName=Ahoy\nGenericName=Phone\nComment=Voice and video calls between two people\n\
         Exec={exec} %u\nIcon=ahoy\nTerminal=false\nStartupWMClass=ahoy\nCategories=Network;Telephony;\nMimeType={SCHEME};\n"
    ))
}

/// A path as the first word of `Exec`: quoted, then escaped once more as every value is; `%` would begin a field.
fn quoted(path: &str) -> String {
    let mut word = String::from("\"");
    for letter in path.chars() {
        match letter {
            '"' | '`' | '$' => word.extend(["\\\\", &letter.to_string()]),
            '\\' => word.push_str("\\\\\\\\"),
            '%' => word.push_str("%%"),
            other => word.push(other),
        }
    }
    word.push('"');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    // The desktop itself is not told: tests change nothing for the person who runs them.
    #[test]
    fn what_is_written_is_removed_again() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let done = write(home.path(), Path::new("/opt/my phone/ahoy"), "<svg/>").expect("written");
        assert_eq!(done.files.len(), 2);
        let entry = fs::read_to_string(home.path().join(ENTRY)).expect("the entry");
        assert!(entry.contains("\nExec=\"/opt/my phone/ahoy\" %u\n"), "{entry}");
        assert!(entry.contains("\nMimeType=x-scheme-handler/ahoy;\n"), "{entry}");
        assert_eq!(delete(home.path()).expect("removed").files, done.files);
        assert!(done.files.iter().all(|path| !path.exists()));
        assert_eq!(delete(home.path()).expect("nothing left").files, Vec::<PathBuf>::new());
    }

    #[test]
    fn a_path_with_signs_that_mean_something_stays_a_path() {
        assert_eq!(quoted("/a b/ahoy"), "\"/a b/ahoy\"");
        assert_eq!(quoted("/100%/$x`y\"z"), "\"/100%%/\\\\$x\\\\`y\\\\\"z\"");
        assert_eq!(quoted("/back\\slash"), "\"/back\\\\\\\\slash\"");
        assert!(entry(Path::new("/new\nline")).is_err());
    }
}
