//! The one loop, for a screen and without one: inputs in, effects out, a frame if something visible changed.
//!
//! Keys come before background inputs; what is ready is drained in bounded batches; idle, it sleeps until a timer or a
//! step of a clock. Not here: what an effect does (`start_effect.rs`), what a key means (`face.rs`), leaving
//! (`run_loop/leaving.rs`).

use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::clock;
use super::face::{Face, Reaction, Then};
use super::hands::{Arriving, Gaze, Hands, Setup};
use super::terminal::guard::Switch;
use super::terminal::keys::CLOSED_EXIT_CODE;
use super::terminal::{
    KeyPress, ScreenWriter, Signal, Signals, TerminalError, TerminalGuard, TerminalInput, TerminalKeys,
    TerminalOptions, suspend,
};
use super::window::vigil::Vigil;
use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::engine::input::{Input, Viewing};
use crate::engine::trust::TrustState;
use crate::session::recorded::Author;

mod flooding;
mod leaving;
mod pace;
mod perhaps;

use perhaps::{crashed, next_key};

/// Most inputs taken between two looks at the keyboard.
const BATCH_MAX: usize = 256;
/// How long keys wait for the look at what is trusted: a healthy disk answers within a millisecond or two.
const TRUST_WAIT: Duration = Duration::from_millis(250);
/// Commands one face may answer to one thing heard, so that a mistaken face cannot spin the loop.
const ANSWERS_MAX: usize = 64;

/// What is left when the loop has ended.
pub struct Ended<F> {
    /// Whoever sat in front of it.
    pub face: F,
    /// The brain.
    pub engine: Engine,
    /// The exit code of the signal that ended it; none: the face left.
    pub signal: Option<u8>,
}

/// Why the loop could not begin.
#[derive(Debug, thiserror::Error)]
pub enum LoopFault {
    /// The terminal cannot be used.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// The system refused a thread, a signal or a queue.
    #[error("the program could not be set up: {0}")]
    System(#[from] io::Error),
}

struct Screen {
    guard: TerminalGuard,
    keys: TerminalKeys,
}

struct RunLoop<F> {
    engine: Engine,
    hands: Hands,
    face: F,
    author: Author,
    arriving: Arriving,
    viewing: Option<Viewing>,
    dirty: bool,
    drawn: Option<DateTime<Utc>>,
    vigil: Vigil,
}

/// What woke the loop.
enum Woken {
    Signal(Signal),
    Terminal(TerminalInput),
    Input(Input),
    Time,
    Crashed,
}

/// What a turn of the loop leads to.
enum Turn {
    GoOn,
    Mouse(Switch),
    Suspend,
    Leave(Option<u8>),
}

/// Runs a session on the screen; `make` makes the face around the writer of the frames.
pub fn run_on_screen<F: Face>(
    engine: Engine,
    setup: Setup,
    options: TerminalOptions,
    make: impl FnOnce(ScreenWriter) -> io::Result<F>,
) -> Result<Ended<F>, LoopFault> {
    in_runtime(async {
        let signals = Signals::listen()?;
        let guard = TerminalGuard::enter(options)?;
        let writer = guard.screen_writer()?;
        let keys = TerminalKeys::open(guard.tty());
        let face = make(writer.clone())?;
        let (hands, arriving) = Hands::new(setup, engine.me().clone(), Some(writer))?;
        RunLoop::new(engine, hands, arriving, face).run(signals, Some(Screen { guard, keys })).await
    })
}

/// Runs a session without a screen, until the face leaves.
pub fn run_headless<F: Face>(engine: Engine, setup: Setup, face: F) -> Result<Ended<F>, LoopFault> {
    in_runtime(async {
        let signals = Signals::listen()?;
        let (hands, arriving) = Hands::new(setup, engine.me().clone(), None)?;
        RunLoop::new(engine, hands, arriving, face).run(signals, None).await
    })
}

fn in_runtime<T>(work: impl Future<Output = Result<T, LoopFault>>) -> Result<T, LoopFault> {
    // Two workers: one may be busy parsing a flood while the other reads keys.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(work);
    // A name server or a disk that does not answer holds a thread; leaving does not wait for it.
    runtime.shutdown_background();
    done
}

impl<F: Face> RunLoop<F> {
    fn new(engine: Engine, hands: Hands, arriving: Arriving, face: F) -> Self {
        let author = engine.me().clone();
        let vigil = Vigil::start();
        Self { engine, hands, face, author, arriving, viewing: None, dirty: true, drawn: None, vigil }
    }

    async fn run(mut self, mut signals: Signals, mut screen: Option<Screen>) -> Result<Ended<F>, LoopFault> {
        // The first frame shows our own files, before anything else is asked.
        self.draw();
        let effects = self.engine.open(clock::now());
        self.start(effects);
        self.hands.look_around();
        // A disk that hangs holds the keys up no longer than this.
        drop(tokio::time::timeout(TRUST_WAIT, self.trust_looked_up()).await);
        let signal = loop {
            let turn = match self.drain() {
                Turn::GoOn => {
                    if self.frame_is_due() {
                        self.draw();
                    }
                    let woken = self.wait(&mut signals, screen.as_mut()).await;
                    self.woken(woken)
                }
                turn => turn,
            };
            match turn {
                Turn::GoOn => {}
                Turn::Mouse(to) => {
                    if let Some(screen) = &screen {
                        screen.guard.mouse(to);
                    }
                }
                Turn::Suspend => {
                    if let Some(screen) = &screen {
                        suspend(&screen.guard, &mut signals).await?;
                    }
                    self.face.forget_screen();
                    self.dirty = true;
                    self.drawn = None;
                }
                Turn::Leave(signal) => break signal,
            }
        };
        self.save(&mut signals, screen.as_mut()).await;
        drop(screen);
        let Self { engine, hands, face, arriving, .. } = self;
        // Nobody waits for answers any more; a store that still has some must not wait for us.
        drop(arriving);
        if let Err(why) = hands.close() {
            return Err(LoopFault::System(io::Error::other(why)));
        }
        Ok(Ended { face, engine, signal })
    }

    /// What was typed ahead finds the content judged: until then every command of it would be refused.
    async fn trust_looked_up(&mut self) {
        while *self.engine.trust() == TrustState::Unknown {
            let Some(input) = self.arriving.answers.recv().await else { return };
            self.handle(input);
        }
    }

    async fn wait(&mut self, signals: &mut Signals, screen: Option<&mut Screen>) -> Woken {
        let sleep = self.sleep();
        let (guard, keys) = match screen {
            Some(Screen { guard, keys }) => (Some(&*guard), Some(keys)),
            None => (None, None),
        };
        tokio::select! {
            biased;
            signal = signals.next() => Woken::Signal(signal),
            input = next_key(keys) => Woken::Terminal(input),
            () = crashed(guard) => Woken::Crashed,
            Some(input) = self.arriving.answers.recv() => Woken::Input(input),
            Some(input) = self.arriving.inputs.recv() => Woken::Input(input),
            Some(input) = self.arriving.logs.recv() => Woken::Input(input),
            () = tokio::time::sleep(sleep) => Woken::Time,
        }
    }

    fn woken(&mut self, woken: Woken) -> Turn {
        match woken {
            Woken::Signal(signal) => match (signal, signal.exit_code()) {
                (_, Some(code)) => Turn::Leave(Some(code)),
                (Signal::Suspend, None) => Turn::Suspend,
                // Drawn once the keys tell the new size.
                (Signal::WindowChanged, None) => Turn::GoOn,
                (_, None) => {
                    self.dirty = true;
                    Turn::GoOn
                }
            },
            Woken::Terminal(input) => self.terminal(input),
            Woken::Input(input) => {
                self.handle(input);
                Turn::GoOn
            }
            Woken::Time => Turn::GoOn,
            // A task of ours panicked: the terminal is given back and the crash is told.
            Woken::Crashed => Turn::Leave(Some(CRASHED_EXIT_CODE)),
        }
    }

    fn terminal(&mut self, input: TerminalInput) -> Turn {
        match input {
            TerminalInput::Key(key) => self.key(key),
            TerminalInput::Mouse(mouse) => {
                let reaction = self.face.mouse(&mut self.engine, clock::now(), mouse);
                self.dirty = true;
                self.drawn = None;
                self.react(reaction)
            }
            TerminalInput::Paste(text) => {
                let reaction = self.face.paste(&mut self.engine, clock::now(), &text);
                self.dirty = true;
                self.react(reaction)
            }
            TerminalInput::Resize(columns, rows) => {
                self.face.resize(columns, rows);
                self.dirty = true;
                self.drawn = None;
                Turn::GoOn
            }
            TerminalInput::FocusGained => self.looks(Gaze::Here),
            TerminalInput::FocusLost => self.looks(Gaze::Away),
            TerminalInput::Closed => Turn::Leave(Some(CLOSED_EXIT_CODE)),
        }
    }

    fn looks(&mut self, gaze: Gaze) -> Turn {
        self.hands.gaze = Some(gaze);
        Turn::GoOn
    }

    fn key(&mut self, key: KeyPress) -> Turn {
        let reaction = self.face.key(&mut self.engine, clock::now(), key);
        self.dirty = true;
        // A key is echoed at once.
        self.drawn = None;
        self.react(reaction)
    }

    /// Takes what is ready, at most a batch, lets the face look at the brain, and hears what it wants to see.
    fn drain(&mut self) -> Turn {
        if let Some(jump) = self.vigil.look() {
            self.handle(Input::ClockJumped(jump));
        }
        for timer in self.hands.timers.take_due(clock::now()) {
            self.handle(Input::TimerFired(timer));
        }
        self.answer_overdue();
        let mut news = false;
        for _ in 0..BATCH_MAX {
            let next = self.hands.own.pop_front();
            let next = next.or_else(|| self.arriving.answers.try_recv().ok());
            let Some(input) = next.or_else(|| self.arriving.inputs.try_recv().ok()) else { break };
            self.handle(input);
            news = true;
        }
        // In a flood the face looks as often as it draws, not at each batch: with many containers a look costs more.
        if self.take_logs() && !news && !self.frame_is_due() {
            return Turn::GoOn;
        }
        // What a look in between finds is on screen with the next frame.
        self.dirty |= self.face.is_busy(&self.engine);
        for _ in 0..ANSWERS_MAX {
            let reaction = self.face.heard(&mut self.engine, clock::now());
            let quiet = reaction.commands.is_empty();
            match self.react(reaction) {
                Turn::GoOn if quiet => break,
                Turn::GoOn => {}
                turn => return turn,
            }
        }
        // After the face has looked: what it found only now (a container whose log it wants) would else wait for whatever
        // wakes the loop next.
        if let Some(viewing) =
            self.face.viewing(&self.engine).filter(|viewing| self.viewing.as_ref() != Some(viewing))
        {
            self.viewing = Some(viewing.clone());
            self.handle(Input::Viewing(viewing));
        }
        Turn::GoOn
    }

    /// A rollback does not wait for a disk that hangs. Not through `handle`: these are no answers of the store.
    fn answer_overdue(&mut self) {
        let now = clock::now();
        for input in self.hands.overdue.take_due(now) {
            let effects = self.engine.handle(now, input);
            self.dirty = true;
            self.start(effects);
        }
    }

    fn react(&mut self, reaction: Reaction) -> Turn {
        for command in reaction.commands {
            self.handle(Input::Command { author: self.author.clone(), command });
        }
        match reaction.then {
            Then::GoOn => Turn::GoOn,
            Then::RedrawAll => {
                self.face.forget_screen();
                self.dirty = true;
                self.drawn = None;
                Turn::GoOn
            }
            Then::Mouse(to) => Turn::Mouse(to),
            Then::Suspend => Turn::Suspend,
            Then::Leave => Turn::Leave(None),
        }
    }

    fn handle(&mut self, input: Input) {
        if self.hands.overdue.knows(&input) {
            return;
        }
        let effects = self.engine.handle(clock::now(), input);
        self.dirty = true;
        self.start(effects);
    }

    fn start(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.hands.start(effect);
        }
    }
}

/// The exit code of a program that panicked, as Rust's own.
const CRASHED_EXIT_CODE: u8 = 101;

#[cfg(test)]
mod tests {
    use super::{Duration, in_runtime};
    use crate::runtime::clock::Stopwatch;

    #[test]
    fn leaving_does_not_wait_for_a_disk_or_a_name_server_that_hangs() {
        let (release, held) = std::sync::mpsc::sync_channel::<()>(1);
        let watch = Stopwatch::start();
        let left = in_runtime(async {
            let hangs = move || held.recv_timeout(Duration::from_secs(20));
            drop(tokio::task::spawn_blocking(hangs));
            Ok(())
        });
        assert!(left.is_ok() && watch.elapsed() < Duration::from_secs(10), "{:?}", watch.elapsed());
        drop(release);
    }
}
