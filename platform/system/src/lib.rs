//! What the operating system offers a phone beside sound and picture: clocks, thread priorities, own usage, private files,
//! and the desktop around its window.
//!
//! Modules without a suffix are the same everywhere; the others are picked once, and hold what differs.

#[cfg(target_os = "linux")]
mod awake_linux;
pub mod clock;
#[cfg_attr(target_os = "linux", path = "desktop_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "desktop_none.rs")]
pub mod desktop;
#[cfg_attr(target_os = "linux", path = "links_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "links_none.rs")]
pub mod links;
#[cfg_attr(target_os = "windows", path = "local_socket_windows.rs")]
#[cfg_attr(not(target_os = "windows"), path = "local_socket_unix.rs")]
pub mod local_socket;
#[cfg(target_os = "linux")]
mod notices_linux;
pub mod private;
pub mod process;
#[cfg_attr(target_os = "windows", path = "stop_windows.rs")]
#[cfg_attr(not(target_os = "windows"), path = "stop_unix.rs")]
pub mod stop;
pub mod thread;
pub mod wanted;

#[cfg(any(target_os = "macos", target_os = "ios"))]
#[path = "apple.rs"]
mod os;
#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "linux.rs"]
mod os;
#[cfg(target_os = "windows")]
#[path = "windows.rs"]
mod os;

pub use private::{private_dir, private_file};
