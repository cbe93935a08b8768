//! Wrong links, files, devices and directories: one clear line, exit code 2, nothing lost, no panic.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use ahoy_e2e::phone::Owner;
use ahoy_e2e::rig::Rig;
use anyhow::{Context as _, Result};

const SOON: Duration = Duration::from_secs(30);

/// Runs a command that must fail and gives the one line it says.
fn refused(owner: &Owner, arguments: &[&str]) -> Result<String> {
    let output = owner.run(arguments)?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    Ok(said)
}

#[test]
fn wrong_links_are_told_apart() -> Result<()> {
    let rig = Rig::strangers()?;
    let link = rig.callee.link()?;
    let own = rig.caller.link()?;
    let cut = &link[..link.len() - 8];
    let mut bent = link.clone().into_bytes();
    let middle = bent.len() / 2;
    bent[middle] = if bent[middle] == b'a' { b'b' } else { b'a' };
    let bent = String::from_utf8(bent)?;
    let long = format!("ahoy:{}", "a".repeat(2_000));
    for (wrong, expected) in [
        ("https://example.org", "not a contact link"),
        (cut, "damaged"),
        (&bent, "damaged"),
        (&long, "at most"),
        (&own, "your own contact link"),
    ] {
        let said = refused(&rig.caller, &["add", wrong])?;
        assert!(said.contains(expected), "{wrong}: {said}");
    }
    assert_eq!(rig.caller.json(&["contacts"])?, serde_json::json!([]));
    Ok(())
}

#[test]
fn unknown_contacts_settings_and_devices_are_named() -> Result<()> {
    let rig = Rig::strangers()?;
    let none = ["--mic", "none", "--speaker", "none"];
    for (arguments, expected) in [
        ([&["call", "nobody"], &none[..]].concat(), "nobody"),
        (vec!["settings", "audio.kbps", "9000"], "9000"),
        (vec!["-o", "no.such=1", "id"], "no.such"),
        (vec!["contacts", "block", "nobody"], "nobody"),
        (vec!["contacts", "auto-answer", "nobody", "on"], "nobody"),
        (vec!["history", "--with", "nobody"], "nobody"),
        (vec!["settings", "theme", "purple"], "purple"),
        (vec!["call", "echo", "--mic", "no/such/file.wav", "--speaker", "none"], "file.wav"),
        (vec!["call", "echo", "--mic", "none", "--speaker", "no/such/folder/out.wav"], "out.wav"),
        (vec!["call", "echo", "--mic", "none", "--speaker", "none", "--camera", "no/such.y4m"], "such.y4m"),
        (vec!["call", "echo", "--mic", "none", "--speaker", "none", "--camera", "camera:99"], "camera:99"),
    ] {
        let said = refused(&rig.caller, &arguments)?;
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    Ok(())
}

#[test]
fn damaged_media_files_are_refused_before_anybody_is_called() -> Result<()> {
    let rig = Rig::strangers()?;
    let noise = rig.path("noise.bin");
    std::fs::write(&noise, [0x5a; 4_096])?;
    let noise = noise.display().to_string();
    let _ = refused(&rig.caller, &["call", "echo", "--mic", &noise, "--speaker", "none"])?;
    let _ = refused(&rig.caller, &["call", "echo", "--mic", "none", "--speaker", "none", "--camera", &noise])?;
    assert_eq!(rig.caller.json(&["history"])?, serde_json::json!([]));
    Ok(())
}

#[test]
fn a_damaged_store_is_told_and_left_alone() -> Result<()> {
    let rig = Rig::strangers()?;
    let before = rig.caller.json(&["id"])?;
    let file = rig.caller.dir().join("ahoy.redb");
    let whole = std::fs::read(&file)?;
    for damage in [b"no database at all".to_vec(), whole[..whole.len() / 3].to_vec(), Vec::new()] {
        std::fs::write(&file, &damage)?;
        let said = refused(&rig.caller, &["id"])?;
        assert!(said.contains("ahoy.redb"), "{said}");
        assert_eq!(std::fs::read(&file)?, damage, "the damaged file is untouched");
    }
    std::fs::write(&file, &whole)?;
    assert_eq!(rig.caller.json(&["id"])?, before, "the identity is the old one again");
    Ok(())
}

#[test]
fn a_lost_key_file_never_becomes_a_new_identity() -> Result<()> {
    let rig = Rig::strangers()?;
    let before = rig.caller.json(&["id"])?;
    let key = rig.caller.dir().join("ahoy.key");
    let kept = std::fs::read(&key)?;
    std::fs::remove_file(&key)?;
    let said = refused(&rig.caller, &["id"])?;
    assert!(said.contains("ahoy.key"), "{said}");
    assert!(!key.exists());
    std::fs::write(&key, kept)?;
    assert_eq!(rig.caller.json(&["id"])?, before);
    Ok(())
}

#[test]
fn an_unusable_data_directory_is_named() -> Result<()> {
    let rig = Rig::strangers()?;
    let file = rig.path("a-file");
    std::fs::write(&file, "in the way")?;
    let said = refused(&Owner::new(&file), &["id"])?;
    assert!(said.contains("a-file"), "{said}");
    let said = refused(&Owner::new(&file.join("below")), &["id"])?;
    assert!(said.contains("a-file"), "{said}");
    Ok(())
}

#[test]
fn what_is_remembered_belongs_to_its_owner_alone() -> Result<()> {
    let rig = Rig::strangers()?;
    let _ = rig.caller.link()?;
    let mode =
        |path: &std::path::Path| Ok::<u32, std::io::Error>(std::fs::metadata(path)?.permissions().mode() & 0o777);
    assert_eq!(mode(rig.caller.dir())?, 0o700);
    for entry in std::fs::read_dir(rig.caller.dir())? {
        let path = entry?.path();
        assert_eq!(mode(&path)?, 0o600, "{}", path.display());
    }
    Ok(())
}

#[test]
fn a_second_phone_on_the_same_directory_names_the_first_and_questions_are_answered_beside_it() -> Result<()> {
    let rig = Rig::strangers()?;
    let link = rig.callee.link()?;
    let before = rig.caller.json(&["id"])?;
    let mut first = rig.caller.start(&["answer", "--mic", "none", "--speaker", "none", "--camera", "none"])?;
    let said = refused(&rig.caller, &["answer", "--mic", "none", "--speaker", "none"])?;
    assert!(said.contains(&first.pid().to_string()), "{said}");
    assert_eq!(rig.caller.json(&["id"])?, before);
    let added = rig.caller.json(&["add", &link, "--name", "Callee"])?;
    assert_eq!(added["name"], "Callee");
    assert_eq!(rig.caller.json(&["contacts"])?[0]["name"], "Callee");
    assert_eq!(rig.caller.json(&["history"])?, serde_json::json!([]));
    first.interrupt()?;
    assert_eq!(first.wait(SOON)?.0.code(), Some(0));
    assert_eq!(rig.caller.json(&["contacts"])?[0]["name"], "Callee", "what was added through the socket stays");
    Ok(())
}

#[test]
fn a_taken_port_is_named() -> Result<()> {
    let rig = Rig::strangers()?;
    let taken = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    let said = refused(&rig.caller, &["--bind", &address, "answer", "--mic", "none", "--speaker", "none"])?;
    assert!(said.contains(&taken.local_addr()?.port().to_string()), "{said}");
    Ok(())
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() -> Result<()> {
    let rig = Rig::strangers()?;
    let Some(disk) = SmallDisk::mount(&rig.path("disk"))? else {
        println!("skipped: mounting a small disk needs root");
        return Ok(());
    };
    let owner = Owner::new(&disk.path.join("data"));
    let before = owner.json(&["id"])?;
    // Fill the disk to its last block.
    let mut filler = std::fs::File::create(disk.path.join("filler"))?;
    let full = loop {
        if let Err(error) = std::io::Write::write_all(&mut filler, &[0; 4_096]) {
            break error;
        }
    };
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    let mut told = None;
    for n in 0..200 {
        let output = owner.run(&["settings", "name", &"x".repeat(60 - n % 7)])?;
        let said = String::from_utf8(output.stderr)?;
        assert!(!said.contains("panicked"), "{said}");
        if !output.status.success() {
            assert_eq!(output.status.code(), Some(2), "{said}");
            told = Some(said);
            break;
        }
    }
    assert!(told.is_some(), "a full disk was never noticed");
    drop(filler);
    std::fs::remove_file(disk.path.join("filler"))?;
    assert_eq!(owner.json(&["id"])?["id"], before["id"], "the identity survived");
    Ok(())
}

/// A file system of a few megabytes that goes away with this value.
struct SmallDisk {
    path: std::path::PathBuf,
}

impl SmallDisk {
    fn mount(path: &std::path::Path) -> Result<Option<Self>> {
        std::fs::create_dir(path)?;
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(path)
            .output()
            .context("mount")?;
        Ok(mount.status.success().then(|| Self { path: path.to_owned() }))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A lazy detach works even while a process still ends.
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.path).output();
    }
}
