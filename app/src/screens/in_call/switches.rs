//! Microphone, camera and hold of the call on the screen, for buttons and keys alike.
//! Call screens and keys take `Controls`; each of them does what its button says at that moment.
//! What is switched comes back with the next view; nothing is remembered here.

use ahoy_call::CallId;
use ahoy_engine::Command;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::calls::{Call, Hold, Muted, OnScreen, SendingVideo};
use crate::engine_link::Intent;
use crate::icons::Icon;
use crate::say;
use crate::widgets::{Face, Tone};

/// What the switches of a call show.
type Switches = (&'static Call, &'static Muted, &'static SendingVideo, &'static Hold);

/// The switches of the call on the screen.
#[derive(SystemParam)]
pub(in crate::screens) struct Controls<'w, 's> {
    call: Option<Single<'w, 's, Switches, With<OnScreen>>>,
    intents: MessageWriter<'w, Intent>,
}

impl Controls<'_, '_> {
    /// The call, and whether it is muted.
    pub(in crate::screens) fn muted(&self) -> Option<(CallId, bool)> {
        self.call.as_ref().map(|call| (call.0.0, call.1.0))
    }

    pub(in crate::screens) fn mute(&mut self, call: CallId, on: bool) {
        let _ = self.intents.write(Intent(Command::ToggleMute { call: Some(call), on }));
    }

    /// Does what the button of a switch says.
    pub(in crate::screens) fn toggle(&mut self, switch: Switch) {
        match switch {
            Switch::Microphone => self.toggle_mute(),
            Switch::Camera => self.toggle_video(),
            Switch::Hold => self.toggle_hold(),
        }
    }

    pub(in crate::screens) fn toggle_mute(&mut self) {
        if let Some((call, muted)) = self.muted() {
            self.mute(call, !muted);
        }
    }

    pub(in crate::screens) fn toggle_video(&mut self) {
        if let Some(call) = &self.call {
            let (call, _, sending, _) = **call;
            let _ = self.intents.write(Intent(Command::ToggleVideo { call: Some(call.0), on: !sending.0 }));
        }
    }

    pub(in crate::screens) fn toggle_hold(&mut self) {
        if let Some(call) = &self.call {
            let (call, _, _, hold) = **call;
            let _ = self.intents.write(Intent(Command::Hold { call: Some(call.0), on: !hold.mine }));
        }
    }

    pub(in crate::screens) fn end(&mut self) {
        if let Some(call) = &self.call {
            let _ = self.intents.write(Intent(Command::EndCall { call: Some(call.0.0) }));
        }
    }
}

/// Which switch a button is; its face follows the call.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::screens) enum Switch {
    /// My microphone.
    Microphone,
    /// My camera.
    Camera,
    /// Keeping the call waiting.
    Hold,
}

impl Switch {
    /// The face for a call.
    pub(in crate::screens) fn face(self, muted: Muted, sending: SendingVideo, hold: Hold) -> Face {
        match self {
            Self::Microphone if muted.0 => Face::new(Tone::Accent, Icon::MicrophoneOff, say!("switches-muted"))
                .spoken(say!("switches-muted-spoken"))
                .switched(true),
            Self::Microphone => Face::new(Tone::Quiet, Icon::Microphone, say!("switches-mute")).switched(false),
            Self::Camera if sending.0 => Face::new(Tone::Quiet, Icon::Camera, say!("switches-stop-video"))
                .spoken(say!("switches-stop-video-spoken"))
                .switched(true),
            Self::Camera => Face::new(Tone::Quiet, Icon::CameraOff, say!("switches-start-video"))
                .spoken(say!("switches-start-video-spoken"))
                .switched(false),
            Self::Hold if hold.mine => Face::new(Tone::Accent, Icon::Play, say!("switches-resume"))
                .spoken(say!("switches-resume-spoken"))
                .switched(true),
            Self::Hold => Face::new(Tone::Quiet, Icon::Pause, say!("switches-hold")).switched(false),
        }
    }
}

/// Has the switches show the call on the screen.
pub(super) fn show(
    call: Option<Single<(&Muted, &SendingVideo, &Hold), With<OnScreen>>>,
    mut buttons: Query<(&Switch, &mut Face)>,
) {
    let Some(call) = call else { return };
    let (muted, sending, hold) = *call;
    for (switch, mut face) in &mut buttons {
        let _ = face.set_if_neq(switch.face(*muted, *sending, *hold));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn muted_differs_in_word_icon_and_tone() {
        let face = |muted| Switch::Microphone.face(Muted(muted), SendingVideo(false), Hold::default());
        let (on, off) = (face(true), face(false));
        assert!(on.word != off.word && on.icon != off.icon && on.tone != off.tone);
    }
}
