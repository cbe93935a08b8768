//! Keeps a sleeping window from overlooking input that arrived while it was being drawn.
//! On X11 the graphics driver reads from the same connection as the event loop. What it happens to read for the loop
//! lies in a queue, and a loop that sleeps on the connection is not told: a click would wait for the next one.
//! So after each frame, while the driver may still be reading, the loop is asked a few times to look into its queue.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use bevy::prelude::*;
use bevy::winit::{EventLoopProxy, EventLoopProxyWrapper, WinitUserEvent};

/// The waits before each look: dense while a frame is being drawn, and at an end when even a slow driver is done.
const LOOKS: [Duration; 6] = [
    Duration::from_millis(8),
    Duration::from_millis(16),
    Duration::from_millis(32),
    Duration::from_millis(64),
    Duration::from_millis(128),
    Duration::from_millis(256),
];

/// Tells the thread that a frame was handed to the driver. One waiting message says as much as many.
#[derive(Resource)]
struct Drawn(SyncSender<()>);

/// Asks the loop to look after each frame, until the window is gone.
fn keep_looking(drawn: &Receiver<()>, look: impl Fn() -> bool) {
    while drawn.recv().is_ok() {
        let mut waits = LOOKS.iter();
        while let Some(wait) = waits.next() {
            match drawn.recv_timeout(*wait) {
                Ok(()) => waits = LOOKS.iter(),
                Err(RecvTimeoutError::Timeout) if look() => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

fn start(proxy: Res<EventLoopProxyWrapper>, mut commands: Commands) -> Result {
    let proxy: EventLoopProxy<WinitUserEvent> = (**proxy).clone();
    let (sender, drawn) = sync_channel(1);
    // Of the two events that reach the loop from outside, this one draws nothing when no window was added.
    let look = move || proxy.send_event(WinitUserEvent::WindowAdded).is_ok();
    drop(std::thread::Builder::new().name("ahoy-nudge".into()).spawn(move || keep_looking(&drawn, look))?);
    commands.insert_resource(Drawn(sender));
    Ok(())
}

fn tell(drawn: Option<Res<Drawn>>) {
    if let Some(drawn) = drawn {
        // Full: the thread has not yet seen the last one, and this one says the same.
        let _ = drawn.0.try_send(());
    }
}

/// Looks after input that the driver has read.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(Startup, start).add_systems(Last, tell);
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_frame_is_followed_by_all_looks_and_then_by_quiet() {
        let (sender, drawn) = sync_channel(1);
        sender.send(()).unwrap();
        let (looks, sender) = (Cell::new(0), Cell::new(Some(sender)));
        keep_looking(&drawn, || {
            looks.set(looks.get() + 1);
            if looks.get() == LOOKS.len() {
                drop(sender.take());
            }
            true
        });
        assert_eq!(looks.get(), LOOKS.len());
    }

    #[test]
    fn a_loop_that_has_ended_is_asked_once() {
        let (sender, drawn) = sync_channel(1);
        sender.send(()).unwrap();
        let looks = Cell::new(0);
        keep_looking(&drawn, || {
            looks.set(looks.get() + 1);
            false
        });
        assert_eq!(looks.get(), 1);
        drop(sender);
    }
}
