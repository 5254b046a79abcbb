//! The samples and the README's chapters on writing guests, tried as a reader would: `cargo test
//! --test samples [FILTER]`. What needs a compiler that is not there is ignored by name.
//!
//! `UPDATE_EXPECT=1` writes the modules that were built beside their sources.

mod backend;
mod behaviour;
mod chapters;
mod client;
mod document;
mod folder;
mod imports;
mod languages;
mod modules;
mod rebuilt;
mod server;
mod text;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use languages::{LANGUAGES, Language};

/// The names of the samples that every language has.
const SAMPLES: [&str; 4] = ["echo", "words", "params", "backend"];

fn main() -> ExitCode {
    let mut trials = vec![trial("text format: answers as samples/README.md says", text::answer)];
    for language in &LANGUAGES {
        let name = language.name;
        let imports = move || imports::check(language);
        trials.push(trial(&format!("{name}: imports are what the server offers"), imports));
        let modules = move || modules::check(language);
        trials.push(trial(&format!("{name}: modules are small and tell nothing"), modules));
        let served = move || behaviour::check(&root().join("samples"), language);
        trials.push(trial(&format!("{name}: answers as samples/README.md says"), served));
        let rebuilt = move || rebuilt::check(language);
        trials.push(compiled(language, "built again, answers the same", rebuilt));
        let chapter = move || chapters::check(language);
        trials.push(compiled(language, "a guest as the chapter of README.md says", chapter));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Fails by panicking.
fn trial(name: &str, check: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        check();
        Ok(())
    })
}

/// A trial for those who have the compiler.
fn compiled(
    language: &'static Language,
    name: &str,
    check: impl FnOnce() + Send + 'static,
) -> Trial {
    let name = format!("{}: {name}", language.name);
    Trial::ignorable_test(name, move || -> Result<Completion, Failed> {
        if let Some(missing) = language.missing() {
            return Ok(Completion::ignored_with(missing));
        }
        check();
        Ok(Completion::Completed)
    })
}

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
