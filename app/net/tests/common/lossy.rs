//! A bad network between two phones on loopback: it delays every packet and drops some, by a seeded draw.
//! Used by the tests of what a call does under loss.
//! One side binds to 127.0.0.1 and the other to ::1, so that no packet finds a way around it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// The largest UDP payload.
const LARGEST: usize = 65_535;

/// What one direction did.
#[derive(Debug, Default)]
pub struct Direction {
    pub packets: AtomicU64,
    pub bytes: AtomicU64,
    /// Dropped packets of `counted` bytes and more, each counted as often as it could hold that much, but no probes of the
    /// path, which are as large as a packet can be.
    pub dropped: AtomicU64,
    counted: usize,
}

/// How bad it is, the same both ways.
#[derive(Clone, Copy, Debug)]
pub struct Badness {
    /// Of 1000 packets so many are dropped.
    pub permille: u64,
    pub delay: Duration,
    /// Bytes from which a dropped packet is counted.
    pub counted: usize,
    pub seed: u64,
}

/// The network; it ends when this is dropped.
pub struct Lossy {
    /// Where the phone on 127.0.0.1 finds the other one.
    pub addr: SocketAddr,
    /// To the phone on ::1, and back.
    pub there: Arc<Direction>,
    pub back: Arc<Direction>,
    _tasks: JoinSet<()>,
}

impl Lossy {
    /// A network before the phone at `to`, which is bound to ::1.
    pub async fn before(to: SocketAddr, badness: Badness) -> Self {
        let near = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("IPv4 on loopback"));
        let far = Arc::new(UdpSocket::bind("[::1]:0").await.expect("IPv6 on loopback"));
        let addr = near.local_addr().expect("bound");
        let direction = || Arc::new(Direction { counted: badness.counted, ..Direction::default() });
        let (there, back, mut tasks) = (direction(), direction(), JoinSet::new());
        let (caller, callee) = (Arc::new(OnceLock::new()), Arc::new(OnceLock::from(to)));
        let returns = Badness { seed: badness.seed.wrapping_add(1), ..badness };
        let _ = tasks.spawn(carry(near.clone(), far.clone(), caller.clone(), callee.clone(), badness, there.clone()));
        let _ = tasks.spawn(carry(far, near, callee, caller, returns, back.clone()));
        Self { addr, there, back, _tasks: tasks }
    }
}

/// Carries from one socket to the other. `from` is learned from the first packet where it is not known.
async fn carry(
    here: Arc<UdpSocket>,
    there: Arc<UdpSocket>,
    from: Arc<OnceLock<SocketAddr>>,
    to: Arc<OnceLock<SocketAddr>>,
    badness: Badness,
    seen: Arc<Direction>,
) {
    let (sender, mut waiting) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let receive = async {
        let (mut buffer, mut state) = (vec![0; LARGEST], badness.seed);
        while let Ok((bytes, source)) = here.recv_from(&mut buffer).await {
            let _ = from.get_or_init(|| source);
            let _ = seen.packets.fetch_add(1, Ordering::Relaxed);
            let _ = seen.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
            if draw(&mut state) % 1_000 >= badness.permille {
                let _ = sender.send((Instant::now() + badness.delay, buffer[..bytes].to_vec()));
            } else if bytes < 1_200 {
                let _ = seen.dropped.fetch_add((bytes / seen.counted) as u64, Ordering::Relaxed);
            }
        }
    };
    let send = async {
        while let Some((due, packet)) = waiting.recv().await {
            sleep_until(due).await;
            if let Some(to) = to.get() {
                let _ = there.send_to(&packet, to).await;
            }
        }
    };
    let _ = tokio::join!(receive, send);
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut value = *state;
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
