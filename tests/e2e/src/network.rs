//! A small network of its own inside the machine: two hosts on a switch whose cables can be pulled.
//! The tests for lost connections and for phones nearby put their phones into it.
//! It needs root; the names of its namespaces carry the process id, and everything goes when it is dropped.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// A host of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// The one, at 10.77.0.1.
    One,
    /// The other, at 10.77.0.2.
    Other,
}

/// Two hosts and the switch between them, each a network namespace.
pub struct Network {
    name: String,
}

impl Network {
    /// Builds one; `None` without the rights to do so.
    ///
    /// # Errors
    /// The system allows namespaces but not what is built in them.
    pub fn build(name: &str) -> Result<Option<Self>> {
        let network = Self { name: format!("ahoy-{}-{name}", std::process::id()) };
        let made = Command::new("ip").args(["netns", "add", &network.switch()]).output();
        if !made.context("the program `ip` is not installed")?.status.success() {
            return Ok(None);
        }
        let switch = network.switch();
        ip(&["-n", &switch, "link", "add", "br0", "type", "bridge"])?;
        ip(&["-n", &switch, "link", "set", "br0", "up"])?;
        for host in [Host::One, Host::Other] {
            let (inside, port) = (network.host(host), host.port());
            ip(&["netns", "add", &inside])?;
            ip(&["-n", &inside, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", &switch])?;
            ip(&["-n", &switch, "link", "set", port, "master", "br0", "up"])?;
            ip(&["-n", &inside, "link", "set", "lo", "up"])?;
            ip(&["-n", &inside, "link", "set", "eth0", "up"])?;
            network.address(host, "add", host.address())?;
            // Announcements to a group need a way out.
            ip(&["-n", &inside, "route", "add", "default", "dev", "eth0"])?;
        }
        Ok(Some(network))
    }

    /// The namespace of a host.
    #[must_use]
    pub fn host(&self, host: Host) -> String {
        format!("{}-{}", self.name, host.port())
    }

    /// Lets nothing through to this host any more, or everything again; the host itself sees no change of its link.
    ///
    /// # Errors
    /// The switch does not take it.
    pub fn cut(&self, host: Host, cut: bool) -> Result<()> {
        let state = if cut { "0" } else { "3" };
        let done = Command::new("bridge")
            .args(["-n", &self.switch(), "link", "set", "dev", host.port(), "state", state])
            .output()
            .context("the program `bridge` is not installed")?;
        ensure!(done.status.success(), "the switch: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    /// Gives a host another address (`add`), or takes one away (`del`).
    ///
    /// # Errors
    /// It has that address already, or has it not.
    pub fn address(&self, host: Host, change: &str, address: &str) -> Result<()> {
        ip(&["-n", &self.host(host), "address", change, &format!("{address}/24"), "dev", "eth0"])
    }

    fn switch(&self) -> String {
        format!("{}-sw", self.name)
    }
}

impl Host {
    /// Its first address.
    #[must_use]
    pub fn address(self) -> &'static str {
        match self {
            Self::One => "10.77.0.1",
            Self::Other => "10.77.0.2",
        }
    }

    fn port(self) -> &'static str {
        match self {
            Self::One => "p1",
            Self::Other => "p2",
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for namespace in [self.host(Host::One), self.host(Host::Other), self.switch()] {
            // It may never have been made.
            let _ = Command::new("ip").args(["netns", "del", &namespace]).output();
        }
    }
}

fn ip(args: &[&str]) -> Result<()> {
    let done = Command::new("ip").args(args).output().context("the program `ip` is not installed")?;
    ensure!(done.status.success(), "ip {}: {}", args.join(" "), String::from_utf8_lossy(&done.stderr));
    Ok(())
}
