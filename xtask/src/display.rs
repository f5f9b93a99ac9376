//! A display that nobody sees, for a browser that does not start without one.
//!
//! It may not know what is shown on it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::checkout::Checkout;

pub(crate) struct Display {
    server: Child,
    name: String,
}

impl Display {
    pub(crate) fn open(checkout: &Checkout, xvfb: &Path) -> Result<Self, String> {
        let explain = |why: &str| format!("cannot run {}: {why}", xvfb.display());
        // It takes a display that is free, and tells its number once it is ready.
        let mut command = checkout.command(xvfb);
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1024x768x24"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().map_err(|e| explain(&e.to_string()))?;
        let mut number = String::new();
        let read = server.stdout.take().map(|told| BufReader::new(told).read_line(&mut number));
        let display = Self { server, name: format!(":{}", number.trim()) };
        match read {
            Some(Ok(1..)) => Ok(display),
            _ => Err(explain("it ended without a display")),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Gently, so that it removes its lock file and its socket.
        let pid = self.server.id().to_string();
        if !Command::new("sh").args(["-c", "kill \"$0\"", &pid]).status().is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}
