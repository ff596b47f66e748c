//! What a person sees: bars on a terminal, plain lines elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use sosik::delivery::{Step, Tally};

/// Says a line.
#[expect(clippy::print_stdout, reason = "a program speaks to whoever started it")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// The progress of a campaign.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    audience: u64,
    accepted: u64,
    settled: u64,
}

impl Progress {
    pub(crate) fn new(before: &Tally) -> Self {
        let audience = before.planned();
        let done = audience - before.outstanding();
        let bar = std::io::stdout().is_terminal().then(|| {
            let bar = ProgressBar::new(audience);
            if let Ok(style) = ProgressStyle::with_template("sending  {bar:40} {pos}/{len} receipted, {msg}") {
                bar.set_style(style);
            }
            bar.set_position(done);
            bar
        });
        Self { bar, audience, accepted: 0, settled: done }
    }

    pub(crate) fn step(&mut self, step: &Step) {
        self.accepted += step.accepted;
        self.settled += step.settled as u64;
        for (batch, why) in &step.held {
            say(&format!("held     batch {}: {why}", batch.number));
        }
        let note = step.trouble.as_ref().map(|error| format!("waiting: {error}"));
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.settled.min(self.audience));
                bar.set_message(note.unwrap_or_else(|| format!("{} accepted", self.accepted)));
            }
            None if step.accepted > 0 => say(&format!("sending  {} accepted so far", self.accepted)),
            None => {
                if let Some(note) = note {
                    say(&format!("sending  {note}"));
                }
            }
        }
    }

    pub(crate) fn done(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
