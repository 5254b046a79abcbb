//! Samples built again, each by the command at the head of its source, answer as before.

use std::fs;
use std::path::Path;

use crate::folder::Folder;
use crate::languages::{Language, shell};
use crate::{SAMPLES, behaviour, root};

pub(crate) fn check(language: &Language) {
    let folder = Folder::new();
    for part in ["guest", "samples"] {
        folder.copy(&root().join(part), part);
    }
    let samples = folder.path().join("samples");
    let built = samples.join(language.folder);
    for sample in SAMPLES {
        build(&built, sample, language);
    }
    behaviour::check(&samples, language);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        for sample in SAMPLES {
            let module = fs::read(built.join(format!("{sample}.wasm"))).expect("it was built");
            let kept = root().join(format!("samples/{}/{sample}.wasm", language.folder));
            fs::write(kept, module).expect("the samples may be written");
        }
    }
}

/// Builds a sample in a folder.
fn build(folder: &Path, sample: &str, language: &Language) {
    let source = folder.join(format!("{sample}.{}", language.extension));
    let module = folder.join(format!("{sample}.wasm"));
    fs::remove_file(&module).expect("a module was built already");
    let text = fs::read_to_string(&source).expect("a sample has a source");
    let command = command(&text);
    let output = shell(&command).current_dir(folder).output().expect("there is a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {command}\n{said}", source.display());
    assert!(module.is_file(), "{}: {command} makes no {sample}.wasm", source.display());
}

/// The command at the head of a source: the second paragraph of its comment.
fn command(source: &str) -> String {
    let marks = ["//!", "//", "/*", " */", " *"];
    let mut lines = source.lines().map_while(|line| {
        let mark = marks.iter().find(|mark| line.starts_with(*mark))?;
        Some(line[mark.len()..].trim())
    });
    lines.by_ref().find(|line| line.is_empty()).expect("the comment has a second paragraph");
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
