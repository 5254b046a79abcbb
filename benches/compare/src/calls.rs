//! Mode calls: what crossing from host to guest and back costs, and a call inside the guest.

use std::time::{Duration, Instant};

use crate::engines::{Named, Result, Running};
use crate::measure::{self, Contestant};
use crate::options::Options;
use crate::table::{NOTHING, Table};
use crate::value::Value;

/// Calls of a sample: milliseconds on the slowest engine.
const COUNT: u32 = 200_000;
const QUICK_COUNT: u32 = 20_000;

pub(crate) fn table(engines: &[Named], options: &Options) -> Result<Table> {
    let wasm = wat::parse_str(include_str!("calls.wat"))?;
    let count = if options.quick { QUICK_COUNT } else { COUNT };
    let instances = || -> Result<Vec<_>> {
        engines.iter().map(|named| named.engine.load(&wasm)?.instantiate()).collect()
    };

    let values = interleaved(instances()?, options, |instance| {
        Ok(Some(instance.value_calls("same", count)?))
    })?;
    let typed = interleaved(instances()?, options, |instance| instance.typed_calls("same", count))?;
    let [host, guest] = ["host", "guest"].map(|export| {
        interleaved(instances()?, options, |instance| {
            let with = timed_loop(instance, export, count)?;
            let without = timed_loop(instance, "empty", count)?;
            Ok(Some(with.saturating_sub(without)))
        })
    });

    let rows = [
        ("host calls an export, values", values),
        ("host calls an export, typed", typed),
        ("guest calls a host function", host?),
        ("guest calls a guest function, and returns", guest?),
    ];
    let head = ["ns"].into_iter().chain(engines.iter().map(|engine| engine.name));
    Ok(Table {
        title: "Calls".to_owned(),
        head: head.map(str::to_owned).collect(),
        rows: rows.map(|(name, times)| row(name, &times, count)).to_vec(),
        notes: vec![
            "Calls from a guest: a loop with the call less the same loop without it.".to_owned(),
            format!("{NOTHING}: the engine has no typed calls."),
        ],
    })
}

fn timed_loop(instance: &mut dyn Running, export: &str, count: u32) -> Result<Duration> {
    let func = instance.func(export)?;
    let start = Instant::now();
    instance.call(func, &[Value::I64(count.into())])?;
    Ok(start.elapsed())
}

/// Each engine's median; None where an engine has no such call.
fn interleaved(
    instances: Vec<Box<dyn Running>>,
    options: &Options,
    sample: impl Fn(&mut dyn Running) -> Result<Option<Duration>>,
) -> Result<Vec<Option<Duration>>> {
    let sample = &sample;
    let mut contestants: Vec<Contestant<'_>> = Vec::new();
    let mut takes_part = Vec::new();
    for mut instance in instances {
        // The first call translates, and says whether there will be others.
        let able = sample(instance.as_mut())?.is_some();
        takes_part.push(able);
        if able {
            contestants.push(Box::new(move || Ok(sample(instance.as_mut())?.unwrap_or_default())));
        }
    }
    let mut times = measure::interleaved(&mut contestants, options.rounds)?.into_iter();
    Ok(takes_part.into_iter().map(|able| able.then(|| times.next()).flatten()).collect())
}

fn row(name: &str, times: &[Option<Duration>], count: u32) -> Vec<String> {
    let cells = times.iter().map(|time| match time {
        Some(time) => format!("{:.1}", time.as_secs_f64() * 1e9 / f64::from(count)),
        None => NOTHING.to_owned(),
    });
    [name.to_owned()].into_iter().chain(cells).collect()
}
