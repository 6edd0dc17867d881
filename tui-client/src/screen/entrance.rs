//! The first screen of all: who somebody is whom this client does not know yet.
//!
//! This file does not know what keys do, or drawing.

use super::input::Input;

/// A question, and what was answered so far.
#[derive(Debug, Clone)]
pub struct Entrance {
    pub step: Step,
    /// What is written.
    pub input: Input,
    /// Why it is asked again.
    pub told: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// New here, or linking a device? The number of what is marked.
    Choose(usize),
    /// Under which name?
    Name,
    /// With which code?
    Code,
}

/// What there is to choose from.
pub const CHOICES: [(Step, &str); 2] =
    [(Step::Name, "New here: choose a name"), (Step::Code, "I have a name: link this device")];

impl Entrance {
    /// Nothing was answered yet. Who is invited is new.
    pub fn new(is_invited: bool, name: &str) -> Self {
        let step = if is_invited { Step::Name } else { Step::Choose(0) };
        let mut entrance = Entrance { step, input: Input::default(), told: None };
        entrance.go_to(step, name);
        entrance
    }

    /// To another step, in which this is written first.
    pub fn go_to(&mut self, step: Step, name: &str) {
        self.step = step;
        self.input.write(if step == Step::Name { name.to_owned() } else { String::new() });
    }

    /// The words before what is written.
    pub fn label(&self) -> &'static str {
        match self.step {
            Step::Choose(_) => "",
            Step::Name => "Your name: ",
            Step::Code => "Code: ",
        }
    }

    /// What is asked, and what helps to answer it.
    pub fn words(&self, is_invited: bool) -> [&'static str; 2] {
        match self.step {
            Step::Choose(_) => ["New here, or linking a device?", ""],
            Step::Name if is_invited => [
                "Which name do you want?",
                "No account needed: the name is reserved for this device.",
            ],
            Step::Name => [
                "Which name do you want?",
                "No account needed: the name is reserved for this device. Leave it blank to join \
                 as a guest.",
            ],
            Step::Code => [
                "Which code does your other device show?",
                "Type /link there, or open \"Your devices\" in the browser. The code looks like \
                 7K3M-Q0ZD. That of an invite does as well.",
            ],
        }
    }
}
