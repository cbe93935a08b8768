//! `export` and `import`: identity and contacts as an encrypted file.
//! `cli` calls it; the desk, or the phone that runs, seals and opens.
//! The passphrase comes from the environment or standard input, never from the command line, which others can read.

use std::fs;
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use ahoy_engine::PhoneConfig;
use ahoy_engine::desk::{Request, Response};
use anyhow::{Context as _, Result, bail};
use data_encoding::BASE64;
use serde_json::json;

use super::{desk, out, socket};

/// Where the passphrase is looked for first.
const PASSPHRASE: &str = "AHOY_PASSPHRASE";
/// More than any list of contacts needs.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Writes the file; an existing one is not replaced.
pub fn export(config: &PhoneConfig, file: &Path, as_json: bool) -> Result<ExitCode> {
    let passphrase = passphrase()?;
    let Response::Exported { content } = desk::answer(config, &Request::Export { passphrase })? else {
        bail!("the running phone gave another answer than a backup")
    };
    let content = BASE64.decode(content.as_bytes()).context("the running phone gave no backup")?;
    if file.exists() {
        bail!("{} exists already; choose another name", file.display());
    }
    ahoy_system::private_file(file)
        .and_then(|mut made| made.write_all(&content).and_then(|()| made.sync_all()))
        .with_context(|| format!("cannot write {}; choose another place", file.display()))?;
    if as_json {
        out::line(json!({ "file": file, "bytes": content.len() }));
    } else {
        out::line(format!("wrote {}; whoever has it and the passphrase is you", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the file. A phone that runs keeps its identity until it is started again, so none may run.
pub fn import(config: &PhoneConfig, file: &Path, as_json: bool) -> Result<ExitCode> {
    if let Some(running) = socket::running(&config.data_dir) {
        bail!("a phone runs on this data directory ({running}); close it first");
    }
    let about = || format!("cannot read {}; give a file that `ahoy export` wrote", file.display());
    if fs::metadata(file).with_context(about)?.len() > MAX_FILE_BYTES {
        bail!("{} is too large to be a backup", file.display());
    }
    let content = BASE64.encode(&fs::read(file).with_context(about)?);
    let passphrase = passphrase()?;
    let Response::Imported { id, contacts } = desk::answer(config, &Request::Import { content, passphrase })? else {
        bail!("the desk gave another answer than an import")
    };
    if as_json {
        out::line(json!({ "id": id, "contacts": contacts }));
    } else {
        out::line(format!("this phone is {} now; contacts added: {contacts}", &id[..8]));
    }
    Ok(ExitCode::SUCCESS)
}

fn passphrase() -> Result<String> {
    if let Ok(passphrase) = std::env::var(PASSPHRASE) {
        return Ok(passphrase);
    }
    eprintln!("passphrase (it is shown while you type; or set {PASSPHRASE}):");
    let mut line = String::new();
    let _ = std::io::stdin().lock().read_line(&mut line).context("no passphrase on standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
