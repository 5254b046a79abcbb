//! Mode memory: what loading a large module takes and keeps. Each engine loads it in a process of
//! its own: this program again.

use std::env;
use std::fs;
use std::process::Command;

use crate::engines::{self, Named, Result};
use crate::programs::{self, Module};
use crate::table::Table;

/// The first argument of the process that loads; then the engine's name.
pub(crate) const CHILD: &str = "--load-once";

/// The module that is loaded: 4 MB.
const MODULE: &str = "spidermonkey";

/// None without the module, or where memory can't be read this way.
pub(crate) fn table(engines: &[Named]) -> Result<Option<Table>> {
    if !cfg!(target_os = "linux") || module()?.is_none() {
        eprintln!("memory: left out, it needs Linux and {MODULE} in WORKLOADS");
        return Ok(None);
    }
    let mut peaks = vec!["most".to_owned()];
    let mut kept = vec!["kept".to_owned()];
    for named in engines {
        eprintln!("memory: {}", named.name);
        let output = Command::new(env::current_exe()?).args([CHILD, named.name]).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let text = String::from_utf8(output.stdout)?;
        let (most, after) = text.trim().split_once(' ').ok_or("a child answers two numbers")?;
        peaks.push(mebibytes(most)?);
        kept.push(mebibytes(after)?);
    }
    let head = ["MiB"].into_iter().chain(engines.iter().map(|named| named.name));
    Ok(Some(Table {
        title: format!("Memory to load {MODULE}, beyond its bytes"),
        head: head.map(str::to_owned).collect(),
        rows: vec![peaks, kept],
        notes: vec![
            "most: at the worst moment, while the caller holds the bytes as well; kept: when it \
             has dropped them."
                .to_owned(),
        ],
    }))
}

fn mebibytes(kibibytes: &str) -> Result<String> {
    Ok(format!("{:.1}", kibibytes.parse::<f64>()? / 1024.0))
}

/// Loads the module and prints two numbers of KiB: the peak and what is kept, both less what the
/// process with the module's bytes had before.
pub(crate) fn child(engine: &str) -> Result<()> {
    let engines = engines::named(&[engine])?;
    let module = module()?.ok_or("no module to load")?;
    // The peak begins anew.
    fs::write("/proc/self/clear_refs", "5")?;
    let before = status("VmRSS:")?;
    let loaded = engines[0].engine.load(&module.wasm)?;
    let most = status("VmHWM:")?;
    drop(module);
    let after = status("VmRSS:")?;
    drop(loaded);
    println!("{} {}", most - before, after - before);
    Ok(())
}

fn module() -> Result<Option<Module>> {
    Ok(programs::to_load(&[MODULE.to_owned()])?.pop())
}

/// A line of `/proc/self/status`, in KiB.
fn status(name: &str) -> Result<i64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
