//! One run of `wrk`, and what it says.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use crate::Result;
use crate::options::Options;
use crate::servers::{Child, PATH};

/// What came of asking one server for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Round {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Answers in all.
    pub(crate) answers: u64,
    /// Connections that failed, and answers other than 2xx and 3xx.
    pub(crate) errors: u64,
    /// The processors' time that the server spent, where the system says it.
    pub(crate) spent: Option<Duration>,
}

/// Sees whether there is a `wrk`.
pub(crate) fn find_wrk() -> Result<()> {
    match Command::new("wrk").arg("--version").output() {
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "cannot run wrk, which asks the servers: {error}; install it (Debian: apt install \
             wrk; source: github.com/wg/wrk) so that it is found in PATH"
        )),
    }
}

impl Round {
    pub(crate) fn measure(child: &Child, options: &Options) -> Result<Self> {
        let before = child.spent();
        let output = Command::new("wrk")
            .arg(format!("-t{}", options.threads))
            .arg(format!("-c{}", options.connections))
            .arg(format!("-d{}s", options.seconds))
            .arg(format!("http://{}{PATH}", child.address()))
            .output()
            .map_err(|error| format!("cannot run wrk: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let round = Self::parse(&text).ok_or_else(|| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("wrk says nothing of requests a second: {text}{said}")
        })?;
        let spent = child.spent().zip(before).map(|(after, before)| after.saturating_sub(before));
        Ok(Self { spent, ..round })
    }

    /// Microseconds of a processor for each answer.
    pub(crate) fn cost(&self) -> Option<f64> {
        self.spent.map(|spent| spent.as_secs_f64() * 1e6 / self.answers as f64)
    }

    fn parse(text: &str) -> Option<Self> {
        let after = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label));
        let rate = after("Requests/sec:")?.trim().parse().ok()?;
        // "2000 requests in 5.00s, 1.00MB read"
        let answers = text.lines().find_map(|line| line.split_once(" requests in "))?.0;
        // "connect 0, read 3, write 0, timeout 1"
        let failed = after("Socket errors:").map_or(0, |counts| {
            counts.split([' ', ',']).filter_map(|word| word.parse::<u64>().ok()).sum()
        });
        let refused = match after("Non-2xx or 3xx responses:") {
            Some(count) => count.trim().parse().ok()?,
            None => 0,
        };
        let answers = answers.trim().parse().ok()?;
        Some(Self { rate, answers, errors: failed + refused, spent: None })
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:8.0} requests/s, {} errors", self.rate, self.errors)?;
        self.cost().map_or(Ok(()), |cost| write!(f, ", {cost:.1} µs of a processor each"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_errors_are_read_from_the_report() {
        let report = "  2000 requests in 5.00s, 1.00MB read\n\
            \x20 Socket errors: connect 1, read 20, write 0, timeout 3\n\
            \x20 Non-2xx or 3xx responses: 7\nRequests/sec:    400.50\n";
        let round = Round { rate: 400.5, answers: 2000, errors: 31, spent: None };
        assert_eq!(Round::parse(report), Some(round));
        let cost = Round { spent: Some(Duration::from_millis(20)), ..round }.cost();
        assert_eq!(cost, Some(10.0));
        let good = "  60 requests in 5.00s, 1.00MB read\nRequests/sec:  12.00\n";
        assert_eq!(Round::parse(good).map(|round| round.errors), Some(0));
        assert_eq!(Round::parse("unable to connect"), None);
    }
}
