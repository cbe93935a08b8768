//! How a state is looked at: size of the window, light or dark, language, size of text.
//! A look has a name, `phone.dark.en` or `phone.light.en.large`, which ends the name of a picture.

use std::fmt;

use ahoy_app::language::Tongue;
use ahoy_app::paint::Theme;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;

/// The window as a kind of device has it, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// A phone of today.
    Phone,
    /// The smallest phone that is supported.
    Small,
    /// A tablet on its side.
    Tablet,
    /// A window on a desktop.
    Desktop,
}

/// One way to look at a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    device: Device,
    theme: Theme,
    tongue: Tongue,
    large: bool,
}

const fn look(device: Device, theme: Theme, tongue: Tongue) -> Look {
    Look { device, theme, tongue, large: false }
}

const fn large(device: Device, theme: Theme, tongue: Tongue) -> Look {
    Look { device, theme, tongue, large: true }
}

/// The looks that every state is drawn in: each size in light and dark, and in both directions of writing.
pub const LOOKS: [Look; 10] = [
    look(Device::Phone, Theme::Dark, Tongue::English),
    look(Device::Phone, Theme::Light, Tongue::Arabic),
    look(Device::Small, Theme::Light, Tongue::English),
    look(Device::Small, Theme::Dark, Tongue::Arabic),
    look(Device::Tablet, Theme::Dark, Tongue::English),
    look(Device::Tablet, Theme::Light, Tongue::Arabic),
    look(Device::Desktop, Theme::Light, Tongue::English),
    look(Device::Desktop, Theme::Dark, Tongue::Arabic),
    look(Device::Small, Theme::Light, Tongue::German),
    large(Device::Phone, Theme::Light, Tongue::English),
];

impl Device {
    fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Small => "small",
            Self::Tablet => "tablet",
            Self::Desktop => "desktop",
        }
    }

    fn size(self) -> UVec2 {
        match self {
            Self::Phone => UVec2::new(390, 844),
            Self::Small => UVec2::new(320, 568),
            Self::Tablet => UVec2::new(1_024, 768),
            Self::Desktop => UVec2::new(1_280, 800),
        }
    }
}

impl Look {
    /// The look of this name.
    pub fn named(name: &str) -> Option<Self> {
        LOOKS.into_iter().find(|look| look.to_string() == name)
    }

    /// The size of the window.
    pub fn size(self) -> UVec2 {
        self.device.size()
    }

    /// Gives the window this size; the rest of a look are settings.
    pub fn resize(self, world: &mut World) {
        let size = self.size();
        let mut windows = world.query_filtered::<&mut Window, With<PrimaryWindow>>();
        let mut window = windows.single_mut(world).expect("there is one window");
        window.resolution.set_scale_factor_override(Some(1.0));
        window.resolution.set_physical_resolution(size.x, size.y);
    }

    /// The settings of somebody who looks at it like this.
    pub fn settings(self) -> [(&'static str, &'static str); 3] {
        let theme = match self.theme {
            Theme::Dark => "dark",
            Theme::Light => "light",
        };
        [("language", self.tongue.tag()), ("theme", theme), ("text_size", if self.large { "200" } else { "100" })]
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let theme = match self.theme {
            Theme::Dark => "dark",
            Theme::Light => "light",
        };
        write!(f, "{}.{theme}.{}", self.device.name(), self.tongue.tag())?;
        if self.large { f.write_str(".large") } else { Ok(()) }
    }
}
