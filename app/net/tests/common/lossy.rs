//! A bad network between two phones on loopback: it delays every packet, drops some by a seeded draw, and can be narrow.
//! Used by the tests of what a call does under loss and by the example that measures how long dialing takes.
//! One side binds to 127.0.0.1 and the other to ::1, so that no packet finds a way around it.

use std::collections::VecDeque;
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

/// Headers of UDP and IPv4, which a narrow link carries too.
const HEADERS: usize = 28;

/// How long packets may wait before a narrow link, as in the lab.
const QUEUE: Duration = Duration::from_millis(100);

/// So many may wait in any case.
const QUEUE_PACKETS: usize = 4;

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

/// Which packets vanish.
#[derive(Clone, Copy, Debug)]
pub enum Loss {
    /// So many of 1000, each for itself.
    Random(u64),
    /// So many of 1000, in runs of 2.9 packets on average (Gilbert 1960).
    Runs(u64),
    /// Whatever belongs to the first connection that is dialed.
    FirstDial,
}

/// How bad it is, the same both ways.
#[derive(Clone, Copy, Debug)]
pub struct Badness {
    pub loss: Loss,
    pub delay: Duration,
    /// What the link carries; `None` is as fast as the machine.
    pub kbps: Option<u64>,
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
        let loss = match badness.loss {
            // What never came is never answered.
            Loss::FirstDial => Loss::Random(0),
            same @ (Loss::Random(_) | Loss::Runs(_)) => same,
        };
        let returns = Badness { seed: badness.seed.wrapping_add(1), loss, ..badness };
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
        let (mut buffer, mut fate) = (vec![0; LARGEST], Fate::new(badness));
        while let Ok((bytes, source)) = here.recv_from(&mut buffer).await {
            let _ = from.get_or_init(|| source);
            let _ = seen.packets.fetch_add(1, Ordering::Relaxed);
            let _ = seen.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
            if let Some(due) = fate.of(&buffer[..bytes], Instant::now()) {
                let _ = sender.send((due, buffer[..bytes].to_vec()));
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

/// What becomes of the packets of one direction.
struct Fate {
    badness: Badness,
    state: u64,
    in_run: bool,
    /// The connection that was dialed first, as its dialer named it.
    first: Option<[u8; 8]>,
    /// When the packets before the narrow link will have been sent.
    waiting: VecDeque<Instant>,
}

impl Fate {
    fn new(badness: Badness) -> Self {
        Self { badness, state: badness.seed, in_run: false, first: None, waiting: VecDeque::new() }
    }

    /// When a packet arrives; `None`: never.
    fn of(&mut self, packet: &[u8], now: Instant) -> Option<Instant> {
        let drawn = draw(&mut self.state) % 1_000;
        let lost = match self.badness.loss {
            Loss::Random(permille) => drawn < permille,
            Loss::Runs(permille) => {
                let (ends, begins) = (350, permille * 350 / (1_000 - permille));
                self.in_run = if self.in_run { drawn >= ends } else { drawn < begins };
                self.in_run
            }
            Loss::FirstDial => {
                // A handshake packet begins with its kind, the version and, after its length, the id of the connection.
                let id = packet.get(6..14).filter(|_| packet[0] & 0x80 != 0);
                self.first = self.first.or(id.and_then(|id| id.try_into().ok()));
                id.is_some_and(|id| self.first.is_some_and(|first| first == id))
            }
        };
        let mut sent = now;
        if let Some(kbps) = self.badness.kbps {
            while self.waiting.front().is_some_and(|first| *first <= now) {
                let _ = self.waiting.pop_front();
            }
            let takes = Duration::from_micros((packet.len() + HEADERS) as u64 * 8_000 / kbps);
            sent = self.waiting.back().copied().unwrap_or(now) + takes;
            if sent - now > QUEUE && self.waiting.len() >= QUEUE_PACKETS {
                return None;
            }
            self.waiting.push_back(sent);
        }
        (!lost).then(|| sent + self.badness.delay)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut value = *state;
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
