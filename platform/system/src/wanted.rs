//! What a phone wants of the desktop around its window: notices to show, and whether to stay awake.
//! The window says all of it at once, anew whenever something changes; `desktop` brings the desktop in line with it.
//! So nothing is ever lost or left over: what is no longer wanted is taken back.

/// Everything wanted at one moment. `K` tells notices apart, `A` is what their buttons mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<K, A> {
    /// What to show, at most [`MAX_NOTICES`]; more are not shown.
    pub notices: Vec<(K, Notice<A>)>,
    /// What must not go to sleep.
    pub awake: Option<Awake>,
}

/// Notices shown at a time: more than that nobody reads, and a desktop should not be flooded by somebody who writes a lot.
pub const MAX_NOTICES: usize = 8;

impl<K, A> Default for Wanted<K, A> {
    fn default() -> Self {
        Self { notices: Vec::new(), awake: None }
    }
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice<A> {
    /// What it is about.
    pub kind: NoticeKind,
    /// Its first line; plain text.
    pub title: String,
    /// Its second line; some desktops read it as markup, so nothing that others wrote belongs here.
    pub body: String,
    /// Its buttons: what each means and says.
    pub buttons: Vec<(A, String)>,
}

/// What a notice is about: it decides how urgent it is and how long it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Somebody calls now: it stays until it is withdrawn.
    Ringing,
    /// Somebody called.
    Missed,
    /// Somebody wrote.
    Written,
}

/// What must not go to sleep; the later one includes the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Awake {
    /// The machine; the screen may.
    Machine,
    /// Machine and screen.
    Screen,
}

/// What the person did with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<K, A> {
    /// Pressed one of its buttons.
    Pressed(K, A),
    /// Pressed the notice itself.
    Opened(K),
}
