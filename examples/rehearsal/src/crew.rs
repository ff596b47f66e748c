//! The processes of a rehearsal: the dealer, the workers, and what is done halfway.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::args::Rehearse;
use crate::failure::Failure;

/// Processes that end with the rehearsal.
pub(crate) struct Running {
    pub(crate) dealer: Child,
    pub(crate) workers: Vec<Worker>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Those that ended by themselves cannot be killed, and need not be.
        let _ = self.dealer.start_kill();
    }
}

pub(crate) struct Worker {
    pub(crate) name: String,
    pub(crate) child: Child,
}

impl Worker {
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    pub(crate) fn try_wait(&mut self) -> std::io::Result<Option<std::process::ExitStatus>> {
        self.child.try_wait()
    }
}

fn this_program() -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe().map_err(Failure::at("this program"))?);
    command.kill_on_drop(true);
    Ok(command)
}

pub(crate) async fn dealer(args: &Rehearse, ahead: i64, webhook: Option<&str>) -> Result<(Child, String), Failure> {
    let mut command = this_program()?;
    command.args([
        "dealer",
        "--listen",
        "127.0.0.1:0",
        "--ahead",
        &ahead.to_string(),
        "--seed",
        &args.seed.to_string(),
    ]);
    if let Some(url) = webhook {
        command.args(["--webhook", url]);
    }
    let faults: Vec<String> = args
        .faults
        .iter()
        .filter_map(clap::ValueEnum::to_possible_value)
        .map(|value| value.get_name().to_owned())
        .collect();
    if !faults.is_empty() {
        command.args(["--faults", &faults.join(",")]);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(Failure::at("the dealer"))?;
    let output = child.stdout.take().ok_or_else(|| Failure::new("the dealer says nothing"))?;
    let url = BufReader::new(output).lines().next_line().await.map_err(Failure::at("the dealer"))?;
    Ok((child, url.ok_or_else(|| Failure::new("the dealer did not begin"))?))
}

/// Where workers find what they need.
pub(crate) struct City<'a> {
    pub(crate) store: &'a str,
    pub(crate) queue: Option<&'a str>,
    pub(crate) url: &'a str,
    pub(crate) ahead: i64,
}

impl City<'_> {
    /// A worker under a name.
    pub(crate) fn worker(&self, name: String) -> Result<Worker, Failure> {
        let mut command = this_program()?;
        command.args(["worker", "--store", self.store, "--dealer", self.url, "--name", &name]);
        command.args(["--ahead", &self.ahead.to_string()]);
        if let Some(queue) = self.queue {
            command.args(["--queue", queue]);
        }
        Ok(Worker { name, child: command.spawn().map_err(Failure::at("a worker"))? })
    }
}

/// Starts a command, whose words do not mix with the result.
pub(crate) fn shell(command: &str) -> Result<Child, Failure> {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    shell.spawn().map_err(Failure::at("--halfway"))
}

/// The most memory that a process has had, in megabytes.
pub(crate) fn peak_of(process: Option<u32>) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process?)).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<f64>().ok().map(|kilobytes| kilobytes / 1e3)
}
