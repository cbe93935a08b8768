//! `ahoy devices`: what `--mic`, `--speaker` and `--camera` may name.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::out;

/// Lists microphones, speakers and cameras.
pub fn list(as_json: bool) -> Result<ExitCode> {
    let mut rows = Vec::new();
    for device in ahoy_audio::devices()? {
        rows.push((device.kind.to_string(), device.id, device.name, device.default));
    }
    for (place, camera) in ahoy_camera::devices()?.into_iter().enumerate() {
        rows.push(("camera".into(), camera.id, camera.name, place == 0));
    }
    if as_json {
        let entry = |(kind, id, name, default): &(String, String, String, bool)| json!({ "kind": kind, "id": id, "name": name, "default": default });
        out::line(serde_json::Value::from(rows.iter().map(entry).collect::<Vec<_>>()));
        return Ok(ExitCode::SUCCESS);
    }
    for (kind, id, name, default) in &rows {
        out::line(format!("{kind:11} {id}  {name}{}", if *default { "  (default)" } else { "" }));
    }
    if rows.is_empty() {
        out::line("no microphone, speaker or camera found; files, `tone`, `noise` and `pattern` work without");
    }
    Ok(ExitCode::SUCCESS)
}
