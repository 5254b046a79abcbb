//! Tables on stdout, and in `docs/performance.md` with the machine and the day.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::engines::Result;
use crate::options::Options;
use crate::table::Table;

/// What a run measured so far.
#[derive(Default)]
pub(crate) struct Report {
    tables: Vec<Table>,
    /// An SVG.
    pub(crate) chart: Option<String>,
}

/// What the document keeps stands outside of these lines.
const BEGIN: &str = "<!-- measured: begin -->\n";
const END: &str = "<!-- measured: end -->\n";

impl Report {
    /// Prints a table at once: the whole takes many minutes.
    pub(crate) fn add(&mut self, table: Table) {
        println!("{table}");
        self.tables.push(table);
    }

    /// Renews what stands between the two lines of `docs/performance.md`, and the chart.
    pub(crate) fn write(&self, options: &Options) -> Result<()> {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let path = docs.join("performance.md");
        let document = fs::read_to_string(&path)?;
        let (before, rest) = document.split_once(BEGIN).ok_or("no line that begins tables")?;
        let (_, after) = rest.split_once(END).ok_or("no line that ends tables")?;

        let mut measured = format!("{}\n\n", circumstances(options)?);
        for table in &self.tables {
            writeln!(measured, "{table}")?;
        }
        fs::write(&path, format!("{before}{BEGIN}{measured}{END}{after}"))?;
        if let Some(chart) = &self.chart {
            fs::write(docs.join("performance.svg"), chart)?;
        }
        Ok(())
    }
}

/// When and on what it was measured.
fn circumstances(options: &Options) -> Result<String> {
    let date = answer("date", &["-u", "+%Y-%m-%d"])?;
    let rustc = answer("rustc", &["--version"])?;
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": ")).map_or("unknown", |pair| pair.1);
    let cores = thread::available_parallelism()?;
    let rounds = options.rounds;
    let quick = if options.quick { " of short samples, a first look" } else { "" };
    Ok(format!(
        "Measured on {date}: {model}, {cores} cores, {rustc}; medians of {rounds} rounds{quick}."
    ))
}

fn answer(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
