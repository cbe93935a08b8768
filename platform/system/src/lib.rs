//! What the operating system offers a phone beside sound and picture: clocks, thread priorities, own usage, private files.
//!
//! The four modules are the same everywhere; `os` is picked once and holds what differs.

pub mod clock;
#[cfg_attr(target_os = "windows", path = "local_socket_windows.rs")]
#[cfg_attr(not(target_os = "windows"), path = "local_socket_unix.rs")]
pub mod local_socket;
pub mod private;
pub mod process;
#[cfg_attr(target_os = "windows", path = "stop_windows.rs")]
#[cfg_attr(not(target_os = "windows"), path = "stop_unix.rs")]
pub mod stop;
pub mod thread;

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
