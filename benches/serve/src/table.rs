//! The result, in Markdown.

use std::fmt;

use crate::options::Options;
use crate::round::Round;
use crate::servers::Server;

/// Medians of all servers.
pub(crate) struct Table {
    title: String,
    rows: Vec<Row>,
}

struct Row {
    server: Server,
    /// In order.
    rates: Vec<f64>,
    costs: Vec<f64>,
    errors: u64,
}

impl Table {
    pub(crate) fn new<'r>(
        options: &Options,
        rounds: impl Iterator<Item = (Server, &'r Vec<Round>)>,
    ) -> Self {
        let Options { rounds: count, seconds, connections, threads } = options;
        let title = format!(
            "GET of a small text: median of {count} rounds of `wrk -t{threads} -c{connections} \
             -d{seconds}s`"
        );
        let rows = rounds.map(|(server, rounds)| Row::new(server, rounds)).collect();
        Self { title, rows }
    }

    /// All that was not answered as it should.
    pub(crate) fn errors(&self) -> u64 {
        self.rows.iter().map(|row| row.errors).sum()
    }
}

impl Row {
    fn new(server: Server, rounds: &[Round]) -> Self {
        let mut rates: Vec<_> = rounds.iter().map(|round| round.rate).collect();
        let mut costs: Vec<_> = rounds.iter().filter_map(Round::cost).collect();
        rates.sort_by(f64::total_cmp);
        costs.sort_by(f64::total_cmp);
        Self { server, rates, costs, errors: rounds.iter().map(|round| round.errors).sum() }
    }

    fn cost(&self) -> String {
        if self.costs.is_empty() { "–".into() } else { format!("{:.1}", median(&self.costs)) }
    }

    fn range(&self) -> String {
        match (self.rates.first(), self.rates.last()) {
            (Some(least), Some(most)) => format!("{least:.0}–{most:.0}"),
            _ => String::new(),
        }
    }
}

/// The middle of numbers in order.
fn median(numbers: &[f64]) -> f64 {
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yardstick = self.rows.iter().find(|row| row.server == Server::Hyper);
        let yardstick = yardstick.map_or(f64::NAN, |row| median(&row.rates));
        writeln!(f, "### {}\n", self.title)?;
        writeln!(f, "| server | requests/s | least–most | of hyper | CPU µs each | errors |")?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|")?;
        for row in &self.rows {
            let Row { server, rates, errors, .. } = row;
            let (name, rate) = (server.name(), median(rates));
            let (range, cost, ratio) = (row.range(), row.cost(), rate / yardstick);
            writeln!(f, "| {name} | {rate:.0} | {range} | {ratio:.2} | {cost} | {errors} |")?;
        }
        Ok(())
    }
}
