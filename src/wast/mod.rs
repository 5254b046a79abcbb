//! Runs the scripts of the official test suite (`.wast`): a verdict for each directive. Parsing the
//! text is the crate `wast`'s; decoding, validating and running are ours.
//!
//! The scripts' own grammar:
//! <https://github.com/WebAssembly/spec/blob/main/interpreter/README.md#scripts>.

mod files;
mod script;
mod spectest;
mod table;
mod values;

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, Wast, WastDirective};

use crate::interp::{Backend, Config};
use script::Script;

pub use files::find;
pub use table::Table;

/// What became of a directive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It did what the script says.
    Passed,
    /// It did something else; how.
    Failed(String),
    /// It tests what this engine is not: a parser of the text format. Which thing.
    NotApplicable(&'static str),
}

/// A directive: its line in the script, what it is, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The line where the directive begins, counted from one.
    pub line: usize,
    /// Its keyword: `assert_return`.
    pub directive: &'static str,
    /// What became of it.
    pub verdict: Verdict,
}

/// A script that the crate `wast` can't read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptError {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ScriptError {}

/// How many directives passed, failed, and did not apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Did what the script says.
    pub passed: usize,
    /// Did something else.
    pub failed: usize,
    /// Test what this engine is not.
    pub not_applicable: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(_) => self.failed += 1,
            Verdict::NotApplicable(_) => self.not_applicable += 1,
        }
    }
}

/// The plain line: `3 passed, 0 failed, 1 not applicable`.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, not_applicable } = self;
        write!(f, "{passed} passed, {failed} failed, {not_applicable} not applicable")
    }
}

/// Runs a script: one outcome for each of its directives, in order.
///
/// A directive that panics has failed; the ones after it still run.
///
/// ```
/// use serverless_wasm::interp::Backend;
/// use serverless_wasm::wast::{self, Verdict};
///
/// let script = r#"
///     (module (func (export "two") (result i32) (i32.const 2)))
///     (assert_return (invoke "two") (i32.const 2))
///     (assert_malformed (module quote "(fun)") "unexpected token")"#;
/// let outcomes = wast::run(script, Backend::Stepped)?;
/// assert_eq!(outcomes[1].verdict, Verdict::Passed);
/// assert_eq!(outcomes[2].verdict, Verdict::NotApplicable("malformed text"));
/// # Ok::<(), wast::ScriptError>(())
/// ```
///
/// # Errors
/// Where the text is no script.
pub fn run(text: &str, backend: Backend) -> Result<Vec<Outcome>, ScriptError> {
    run_with(text, Config::new().backend(backend))
}

/// Runs a script with an engine of this configuration.
///
/// # Errors
/// As [`run`].
pub fn run_with(text: &str, config: Config) -> Result<Vec<Outcome>, ScriptError> {
    let lines = Lines::new(text);
    let at = |error: wast::Error| ScriptError {
        line: lines.line(error.span().offset()),
        message: error.message(),
    };
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(at)?;
    let directives = parser::parse::<Wast<'_>>(&buffer).map_err(at)?.directives;
    let mut script = Script::new(config);
    let outcome = |directive: WastDirective<'_>| {
        let line = lines.line(directive.span().offset());
        let keyword = keyword(&directive);
        Outcome { line, directive: keyword, verdict: perform(&mut script, directive) }
    };
    Ok(directives.into_iter().map(outcome).collect())
}

fn perform(script: &mut Script, directive: WastDirective<'_>) -> Verdict {
    if let Some(reason) = inapplicable(&directive) {
        return Verdict::NotApplicable(reason);
    }
    match catch_unwind(AssertUnwindSafe(|| script.perform(directive))) {
        Ok(Ok(())) => Verdict::Passed,
        Ok(Err(message)) => Verdict::Failed(message),
        Err(panic) => Verdict::Failed(format!("panicked: {}", panic_message(&*panic))),
    }
}

/// How a script says it.
fn keyword(directive: &WastDirective<'_>) -> &'static str {
    match directive {
        WastDirective::Module(_) => "module",
        WastDirective::ModuleDefinition(_) => "module definition",
        WastDirective::ModuleInstance { .. } => "module instance",
        WastDirective::AssertMalformed { .. } => "assert_malformed",
        WastDirective::AssertInvalid { .. } => "assert_invalid",
        WastDirective::AssertMalformedCustom { .. } => "assert_malformed_custom",
        WastDirective::AssertInvalidCustom { .. } => "assert_invalid_custom",
        WastDirective::Register { .. } => "register",
        WastDirective::Invoke(_) => "invoke",
        WastDirective::AssertTrap { .. } => "assert_trap",
        WastDirective::AssertReturn { .. } => "assert_return",
        WastDirective::AssertExhaustion { .. } => "assert_exhaustion",
        WastDirective::AssertUnlinkable { .. } => "assert_unlinkable",
        WastDirective::AssertException { .. } => "assert_exception",
        WastDirective::AssertSuspension { .. } => "assert_suspension",
        WastDirective::Thread(_) => "thread",
        WastDirective::Wait { .. } => "wait",
    }
}

/// What of the suite does not test an engine for the binary format.
fn inapplicable(directive: &WastDirective<'_>) -> Option<&'static str> {
    match directive {
        WastDirective::AssertMalformed { module: QuoteWat::QuoteModule(..), .. } => {
            Some("malformed text")
        }
        WastDirective::AssertMalformedCustom { .. } | WastDirective::AssertInvalidCustom { .. } => {
            Some("custom sections")
        }
        WastDirective::AssertMalformed { .. }
        | WastDirective::Module(_)
        | WastDirective::ModuleDefinition(_)
        | WastDirective::ModuleInstance { .. }
        | WastDirective::AssertInvalid { .. }
        | WastDirective::Register { .. }
        | WastDirective::Invoke(_)
        | WastDirective::AssertTrap { .. }
        | WastDirective::AssertReturn { .. }
        | WastDirective::AssertExhaustion { .. }
        | WastDirective::AssertUnlinkable { .. }
        | WastDirective::AssertException { .. }
        | WastDirective::AssertSuspension { .. }
        | WastDirective::Thread(_)
        | WastDirective::Wait { .. } => None,
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Where the lines of a text end.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(offset, _)| offset).collect())
    }

    fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter a directive: passed, failed, not applicable.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let outcomes = run(text, Backend::Stepped).expect("a script");
        let letters = outcomes.iter().map(|outcome| match outcome.verdict {
            Verdict::Passed => 'p',
            Verdict::Failed(_) => 'f',
            Verdict::NotApplicable(_) => '-',
        });
        assert_eq!(letters.collect::<String>(), expected, "{outcomes:#?}");
    }

    #[test]
    fn results_are_compared() {
        let module = r#"(module (func (export "f") (result i32 i64) (i32.const 1) (i64.const 2)))"#;
        check(
            &format!(r#"{module} (assert_return (invoke "f") (i32.const 1) (i64.const 2))"#),
            "pp",
        );
        check(
            &format!(r#"{module} (assert_return (invoke "f") (i32.const 1) (i64.const 3))"#),
            "pf",
        );
        check(&format!(r#"{module} (assert_return (invoke "f") (i32.const 1))"#), "pf");
        check(
            &format!(r#"{module} (assert_return (invoke "f") (i32.const 1) (i32.const 2))"#),
            "pf",
        );
        check(&format!(r#"{module} (assert_return (invoke "g"))"#), "pf");
    }

    #[test]
    fn traps_are_compared_by_the_beginning_of_their_message() {
        let module = r#"(module (func (export "f") unreachable) (func (export "g")))"#;
        check(&format!(r#"{module} (assert_trap (invoke "f") "unreach")"#), "pp");
        check(&format!(r#"{module} (assert_trap (invoke "f") "integer overflow")"#), "pf");
        check(&format!(r#"{module} (assert_trap (invoke "g") "unreachable")"#), "pf");
        check(&format!(r#"{module} (assert_exhaustion (invoke "f") "call stack")"#), "pf");
    }

    #[test]
    fn refusals_are_told_apart() {
        let malformed = r#"(module binary "\00asm\02\00\00\00")"#;
        let invalid = r#"(module (func (result i32)))"#;
        let unlinkable = r#"(module (import "no" "no" (func)))"#;
        check(&format!(r#"(assert_malformed {malformed} "unknown binary version")"#), "p");
        check(&format!(r#"(assert_invalid {malformed} "unknown binary version")"#), "f");
        check(&format!(r#"(assert_invalid {invalid} "type mismatch")"#), "p");
        check(&format!(r#"(assert_invalid {invalid} "unknown type")"#), "f");
        check(&format!(r#"(assert_malformed {invalid} "type mismatch")"#), "f");
        check(&format!(r#"(assert_unlinkable {unlinkable} "unknown import")"#), "p");
        check(&format!(r#"(assert_unlinkable {invalid} "unknown import")"#), "f");
        check(r#"(assert_invalid (module) "type mismatch")"#, "f");
    }

    #[test]
    fn what_depends_on_a_module_that_failed_fails() {
        let good = r#"(module $m (func (export "f")))"#;
        let bad = r#"(module $m (import "no" "no" (func)))"#;
        check(&format!(r#"{good} (invoke "f") (invoke $m "f") (register "m")"#), "pppp");
        check(&format!(r#"{good} {bad} (invoke "f") (invoke $m "f") (register "m")"#), "pffff");
    }

    #[test]
    fn malformed_text_does_not_apply_and_invalid_text_does() {
        check(r#"(assert_malformed (module quote "(func") "unexpected token")"#, "-");
        check(r#"(assert_invalid (module quote "(func (result i32))") "type mismatch")"#, "p");
    }

    #[test]
    fn definitions_are_instantiated_apart() {
        let script = r#"
            (module definition $d
                (global $g (mut i32) (i32.const 0))
                (func (export "next") (result i32)
                    (global.set $g (i32.add (global.get $g) (i32.const 1)))
                    (global.get $g)))
            (module instance $a $d)
            (module instance $b $d)
            (assert_return (invoke $a "next") (i32.const 1))
            (assert_return (invoke $a "next") (i32.const 2))
            (assert_return (invoke $b "next") (i32.const 1))
            (module instance $c $unknown)
            (invoke $c "next")"#;
        check(script, "ppppppff");
    }

    #[test]
    fn spectest_and_registered_modules_are_imported() {
        let script = r#"
            (module (global (export "g") i32 (i32.const 7)))
            (register "mine")
            (module
                (import "spectest" "global_i32" (global i32))
                (import "spectest" "print_i32" (func (param i32)))
                (import "mine" "g" (global $mine i32))
                (export "again" (global $mine))
                (func (export "f") (call 0 (global.get 0))))
            (assert_return (invoke "f"))
            (assert_return (get "again") (i32.const 7))"#;
        check(script, "ppppp");
    }

    #[test]
    fn lines_are_counted_from_one() {
        let outcomes = run("(module)\n\n (module)", Backend::Stepped).expect("a script");
        assert_eq!(outcomes.iter().map(|outcome| outcome.line).collect::<Vec<_>>(), [1, 3]);
        let error = run("(module)\n(modul)", Backend::Stepped).expect_err("no script");
        assert_eq!(error.line, 2);
    }
}
