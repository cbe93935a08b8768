//! Numbered packets through a link, and what of them arrived when: the check of the emulator that does not trust its journal.
//! `lab-probe` runs [`send`] and [`receive`] on the two hosts, the calibration test starts it there.
//! Each packet carries its number and the time it was sent, on the clock that both hosts share.

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, UdpSocket};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::conditions::Micros;
use crate::journal::now;

/// IPv4 and UDP headers: what a datagram is longer on the link.
pub const HEADERS: usize = 28;
/// Number and time, 8 bytes each.
const LEAST: usize = 16;
/// Nothing for this long is the end: longer than any queue of a calibrated link.
const SILENCE: Duration = Duration::from_secs(2);

/// Sends `count` packets of `bytes` on the link, one every `gap`, on time on average.
///
/// # Errors
/// The packets are too small, or there is no way to `to`.
pub fn send(to: SocketAddr, count: u64, bytes: usize, gap: Micros) -> Result<()> {
    ensure!(bytes >= LEAST + HEADERS, "{bytes} bytes hold no number and time");
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.connect(to)?;
    let mut packet = vec![0; bytes - HEADERS];
    let first = now();
    for number in 0..count {
        sleep(Duration::from_micros((first + number * gap).saturating_sub(now())));
        packet[..8].copy_from_slice(&number.to_be_bytes());
        packet[8..LEAST].copy_from_slice(&now().to_be_bytes());
        // What the interface cannot take now is lost like anything else.
        let _ = socket.send(&packet);
    }
    Ok(())
}

/// Prints number, time sent and time received of every packet, until nothing comes any more.
///
/// # Errors
/// The address is taken.
pub fn receive(at: SocketAddr, out: &mut impl Write) -> Result<()> {
    let socket = UdpSocket::bind(at)?;
    writeln!(out, "listening")?;
    out.flush()?;
    let (mut buffer, mut lines) = ([0; 2_048], String::new());
    let mut newest = Instant::now();
    loop {
        let got = match socket.recv(&mut buffer) {
            Ok(got) => got,
            Err(error) if error.kind() == ErrorKind::Interrupted && newest.elapsed() < SILENCE => continue,
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) =>
            {
                break;
            }
            Err(error) => return Err(error.into()),
        };
        let received = now();
        newest = Instant::now();
        socket.set_read_timeout(Some(SILENCE))?;
        if let Some((number, rest)) = buffer[..got].split_first_chunk()
            && let Some((sent, _)) = rest.split_first_chunk()
        {
            lines.push_str(&format!("{},{},{received}\n", u64::from_be_bytes(*number), u64::from_be_bytes(*sent)));
        }
    }
    Ok(out.write_all(lines.as_bytes())?)
}
