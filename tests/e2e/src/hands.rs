//! Somebody who uses a window: finds controls by their names and presses them, with a pointer or with a keyboard alone.
//! A walk through the window is written once and goes both ways; where things stand on the screen it does not know.

use anyhow::{Result, ensure};

use crate::display::Display;
use crate::reader::{Reader, Role, State, Thing};
use crate::window::{FIRST_SIZE, until};

/// More presses of Tab than any screen has controls, and turns of a wheel than any page is long.
const MOST: usize = 80;
/// What stands lower than this may be cut by the lower edge of the window.
const FOOT: i32 = 8;

/// What somebody uses a window with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// A pointer; the keyboard only for texts.
    Pointer,
    /// The keyboard alone: Tab, Enter, Escape, and the keys that the window knows.
    Keyboard,
}

/// Somebody who uses a window.
pub struct Person<'a> {
    /// Where the window is.
    pub display: &'a Display,
    /// How its controls are found.
    pub reader: &'a Reader,
    /// What it is used with.
    pub hand: Hand,
}

impl Person<'_> {
    /// Presses the control of this name.
    ///
    /// # Errors
    /// There is none, or it cannot be come to.
    pub fn press(&self, name: &str) -> Result<()> {
        match self.hand {
            Hand::Pointer => self.point_at(name),
            Hand::Keyboard => {
                self.tab_to(name)?;
                self.display.key("Return")
            }
        }
    }

    /// Writes into the field of this name.
    ///
    /// # Errors
    /// There is none, or it does not take the text.
    pub fn write(&self, field: &str, text: &str) -> Result<()> {
        match self.hand {
            Hand::Pointer => self.point_at(field)?,
            Hand::Keyboard => self.tab_to(field)?,
        }
        let focused = |thing: &Thing| thing.role == Role::Entry && thing.name == field && thing.is(State::Focused);
        let _ = self.reader.wait_for(&format!("'{field}' has the keyboard"), focused)?;
        self.display.type_text(text)
    }

    /// Waits until these words stand somewhere on the screen.
    ///
    /// # Errors
    /// They did not in time.
    pub fn sees(&self, words: &str) -> Result<Thing> {
        self.reader
            .wait_for(&format!("'{words}' is seen"), |thing| thing.name.contains(words) && thing.is(State::Showing))
    }

    fn point_at(&self, name: &str) -> Result<()> {
        for _ in 0..MOST {
            let thing = self.reader.find(name)?;
            let (x, y) = thing.middle();
            let bottom = thing.place.1 + thing.place.3;
            if bottom + FOOT < FIRST_SIZE.1 as i32 && y > 0 {
                return self.display.click(x, y);
            }
            self.display.turn_wheel(x, y > 0)?;
            until("the page moves", || Ok(self.reader.find(name)?.place != thing.place))?;
        }
        anyhow::bail!("'{name}' never came into sight")
    }

    fn tab_to(&self, name: &str) -> Result<()> {
        let _ = self.reader.find(name)?;
        let mut met = Vec::new();
        let mut now = self.focused()?;
        while now.as_deref() != Some(name) {
            met.push(now.clone());
            ensure!(met.len() < MOST, "Tab never comes to '{name}', only to {met:#?}");
            self.display.key("Tab")?;
            let before = now.clone();
            until("Tab moves the keyboard on", || {
                now = self.focused()?;
                Ok(now != before)
            })?;
        }
        Ok(())
    }

    /// The name of the control that has the keyboard.
    fn focused(&self) -> Result<Option<String>> {
        let things = self.reader.read()?;
        Ok(things.into_iter().find(|thing| thing.role.is_control() && thing.is(State::Focused)).map(|thing| thing.name))
    }
}
