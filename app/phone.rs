//! The library inside the phone apps: one entry function for each system.
//! Android's activity glue calls `android_main`, the starter in `ios/` calls `start_app`.
//! An entry finds the folder for the phone's data and hands over to the window; it decides nothing.

// Both systems find their entry by its plain name, and exporting one counts as unsafe: two libraries could choose the same.
#![allow(unsafe_code)]

/// Android's entry, on a thread of its own; returns when the activity is destroyed.
#[cfg(target_os = "android")]
// SAFETY: android-activity looks for this one name, and no other crate of the phone exports it.
#[unsafe(no_mangle)]
fn android_main(activity: bevy::android::android_activity::AndroidApp) {
    // Private to the app and kept out of backups; there is one as soon as the activity runs.
    let data = activity.internal_data_path().expect("an activity has a folder of its own");
    let _ = bevy::android::ANDROID_APP.set(activity);
    run(data);
}

/// The entry on iOS, on the main thread.
#[cfg(target_os = "ios")]
// SAFETY: named in `ios/Sources/Ahoy/bindings/bindings.h`; no other crate of the phone exports it.
#[unsafe(no_mangle)]
pub extern "C" fn start_app() {
    // The sandbox gives every app a home, and its support folder is neither shown nor cleaned up by the system.
    let home = std::path::PathBuf::from(std::env::var_os("HOME").expect("an app has a home folder"));
    run(home.join("Library/Application Support/ahoy"));
}

#[cfg(any(target_os = "android", target_os = "ios"))]
fn run(data: std::path::PathBuf) {
    if let Err(error) = ahoy_app::window::run_phone(data) {
        // Both systems keep what is written here in the device's log.
        eprintln!("ahoy: {error}");
    }
}
