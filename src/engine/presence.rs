//! Who sits in front of this brain: a screen watches and measures by itself, a subcommand does what it was asked for.

/// Who sits in front of this brain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A screen: daemons are watched, checks measured on their interval, transitions recorded.
    Screen,
    /// A subcommand that judges (`status`, `deploy`): daemons are watched, container checks judged; nothing is polled.
    Watching,
    /// A subcommand that shows containers or their logs: as `Watching`, and the daemon of the current environment too.
    Looking,
    /// A watch without a screen: windows are sampled, judged and recorded, runs followed; nothing else is polled.
    Sampling,
    /// A subcommand that does one thing: nothing happens by itself.
    Command,
}

impl Presence {
    /// Are daemons watched?
    pub fn watches(self) -> bool {
        match self {
            Self::Screen | Self::Watching | Self::Looking | Self::Sampling => true,
            Self::Command => false,
        }
    }
    /// Are windows sampled, if no other process does?
    pub fn samples(self) -> bool {
        match self {
            Self::Screen | Self::Sampling => true,
            Self::Watching | Self::Looking | Self::Command => false,
        }
    }
    /// Is the daemon of the current environment watched, though no check rests on it?
    pub fn looks_around(self) -> bool {
        match self {
            Self::Screen | Self::Looking => true,
            Self::Watching | Self::Sampling | Self::Command => false,
        }
    }
    /// Is what a killed process owed told in its stead?
    pub fn takes_notices_over(self) -> bool {
        match self {
            Self::Screen | Self::Sampling => true,
            Self::Watching | Self::Looking | Self::Command => false,
        }
    }
    /// Are checks measured on their interval, and baselines recorded?
    pub fn acts_by_itself(self) -> bool {
        match self {
            Self::Screen => true,
            Self::Watching | Self::Looking | Self::Sampling | Self::Command => false,
        }
    }
}
