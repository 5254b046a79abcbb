//! A program on an engine, ready to run as often as one likes.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use crate::engines::{Named, Result, Running};
use crate::programs::{Entry, Program};
use crate::value::Value;

pub(super) struct Session<'a> {
    program: &'a Program,
    instance: Box<dyn Running>,
    /// The exported function that is timed.
    run: usize,
    /// The other ones, as they are asked for.
    exports: HashMap<&'static str, usize>,
}

/// What a run leaves; equal on all engines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Outcome {
    /// The result of `run`, or what the checks give.
    pub(super) answers: Vec<Option<Value>>,
    /// A hash of the exported memory, all of it.
    memory: u64,
}

impl<'a> Session<'a> {
    pub(super) fn new(engine: &Named, program: &'a Program) -> Result<Self> {
        let mut instance = engine.engine.load(&program.wasm)?.instantiate()?;
        let run = instance.func("run")?;
        Ok(Self { program, instance, run, exports: HashMap::new() })
    }

    /// Runs once, without a clock, and takes everything that can be compared.
    pub(super) fn outcome(&mut self) -> Result<Outcome> {
        let (_, answers) = self.once()?;
        let mut hasher = DefaultHasher::new();
        self.instance.memory()?.hash(&mut hasher);
        Ok(Outcome { answers, memory: hasher.finish() })
    }

    /// Runs so often, and checks each time; how long that took, without what is not timed.
    pub(super) fn sample(&mut self, repeats: u32, wanted: &[Option<Value>]) -> Result<Duration> {
        let mut sum = Duration::ZERO;
        for _ in 0..repeats {
            let (time, answers) = self.once()?;
            if answers != wanted {
                return Err(format!("{}: another answer than before", self.program.name).into());
            }
            sum += time;
        }
        Ok(sum)
    }

    fn once(&mut self) -> Result<(Duration, Vec<Option<Value>>)> {
        match &self.program.entry {
            Entry::Run { argument, .. } => {
                let start = Instant::now();
                let result = self.instance.call(self.run, argument.as_slice())?;
                Ok((start.elapsed(), vec![result]))
            }
            Entry::Case { size, input, checks } => {
                let state = self.setup(*size, input.as_deref())?;
                let start = Instant::now();
                self.instance.call(self.run, &[state])?;
                let time = start.elapsed();
                let mut answers = Vec::new();
                for (export, _) in *checks {
                    answers.push(self.call(export, &[state])?);
                }
                self.call("teardown", &[state])?;
                Ok((time, answers))
            }
        }
    }

    /// The state of a case, made anew: a sort that ran has nothing left to do.
    fn setup(&mut self, size: Option<Value>, input: Option<&[u8]>) -> Result<Value> {
        let state = self.call("setup", size.as_slice())?.ok_or("setup gives no state")?;
        if let Some(input) = input {
            let Some(Value::I32(address)) = self.call("input_ptr", &[state])? else {
                return Err("input_ptr gives no address".into());
            };
            self.instance.write(address.cast_unsigned() as usize, input)?;
        }
        Ok(state)
    }

    fn call(&mut self, export: &'static str, arguments: &[Value]) -> Result<Option<Value>> {
        let func = match self.exports.get(export) {
            Some(func) => *func,
            None => self.instance.func(export)?,
        };
        self.exports.insert(export, func);
        self.instance.call(func, arguments)
    }
}

impl Program {
    /// Whether an outcome has all that is known before.
    pub(super) fn expects(&self, outcome: &Outcome) -> bool {
        let known: Vec<Option<Value>> = match &self.entry {
            Entry::Run { result, .. } => vec![*result],
            Entry::Case { checks, .. } => checks.iter().map(|(_, value)| *value).collect(),
        };
        let pairs = known.iter().zip(&outcome.answers);
        pairs.into_iter().all(|(known, answer)| known.is_none() || known == answer)
    }
}
