//! Two hosts, each a network namespace with one interface whose other end is an open TUN device in this process.
//! `call` and the calibration build a pair; the emulator reads and writes the devices.
//! It needs root. The names carry the process id, and everything goes when the pair is dropped.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use tun_rs::{DeviceBuilder, SyncDevice};

/// The addresses of the two hosts.
pub const ADDRESSES: [Ipv4Addr; 2] = [Ipv4Addr::new(10, 78, 0, 1), Ipv4Addr::new(10, 78, 0, 2)];
/// What the way between them carries, in bytes a packet.
const MTU: u16 = 1_500;

/// How the names of namespaces begin; then comes the process that made them.
const PREFIX: &str = "lab-";

/// Two hosts.
pub struct Hosts(Namespaces);

impl Hosts {
    /// Builds a pair and the devices behind their interfaces, seen from outside: reading one that has nothing gives `WouldBlock`.
    /// `None` without the rights to do so.
    ///
    /// # Errors
    /// The system allows namespaces but not what is built in them.
    pub fn build(name: &str) -> Result<Option<(Self, [SyncDevice; 2])>> {
        forget_the_dead();
        let prefix = format!("{PREFIX}{}-{name}", std::process::id());
        let namespaces = Namespaces([format!("{prefix}-1"), format!("{prefix}-2")]);
        let made = Command::new("ip").args(["netns", "add", &namespaces.0[0]]).output();
        if !made.context("the program `ip` is not installed")?.status.success() {
            return Ok(None);
        }
        ip(&["netns", "add", &namespaces.0[1]])?;
        let devices = [device(&namespaces.0[0], 0)?, device(&namespaces.0[1], 1)?];
        Ok(Some((Self(namespaces), devices)))
    }

    /// The namespace of a host.
    #[must_use]
    pub fn namespace(&self, host: usize) -> &str {
        &self.0.0[host]
    }
}

/// Namespaces that go when they are dropped, also when building them fails half-way.
struct Namespaces([String; 2]);

impl Drop for Namespaces {
    fn drop(&mut self) {
        for namespace in &self.0 {
            // It may never have been made.
            let _ = Command::new("ip").args(["netns", "del", namespace]).output();
        }
    }
}

/// Deletes the namespaces of programs that were killed before they could.
fn forget_the_dead() {
    let Ok(listed) = Command::new("ip").args(["netns", "list"]).output() else { return };
    for line in String::from_utf8_lossy(&listed.stdout).lines() {
        let name = line.split(' ').next().unwrap_or_default();
        let maker = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        if maker.is_some_and(|maker| !Path::new(&format!("/proc/{maker}")).exists()) {
            // Another program may have been quicker.
            let _ = Command::new("ip").args(["netns", "del", name]).output();
        }
    }
}

/// Makes a device here and moves its interface into the namespace, where it becomes `eth0`; the open device stays ours.
fn device(namespace: &str, host: usize) -> Result<SyncDevice> {
    let outside = format!("lab{}{}", std::process::id(), ["a", "b"][host]);
    let device = DeviceBuilder::new().name(&outside).enable(false).build_sync().context("a TUN device")?;
    device.set_nonblocking(true)?;
    let inside = ["-n", namespace, "link", "set", "dev"];
    ip(&["link", "set", "dev", &outside, "netns", namespace])?;
    ip(&[inside.as_slice(), &[&outside, "name", "eth0", "mtu", &MTU.to_string()]].concat())?;
    // Without an address of its own making the host stays quiet until somebody speaks.
    ip(&[inside.as_slice(), &["eth0", "addrgenmode", "none"]].concat())?;
    ip(&[inside.as_slice(), &["lo", "up"]].concat())?;
    ip(&["-n", namespace, "address", "add", &format!("{}/24", ADDRESSES[host]), "dev", "eth0"])?;
    ip(&[inside.as_slice(), &["eth0", "up"]].concat())?;
    // A host without a way out would look unlike any other.
    ip(&["-n", namespace, "route", "add", "default", "dev", "eth0"])?;
    Ok(device)
}

fn ip(args: &[&str]) -> Result<()> {
    let done = Command::new("ip").args(args).output().context("the program `ip` is not installed")?;
    ensure!(done.status.success(), "ip {}: {}", args.join(" "), String::from_utf8_lossy(&done.stderr));
    Ok(())
}
