//! `--features`: proposals past WebAssembly 3.0, by their names.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::interp::{Config, Engine};
use crate::wasm::{Feature, Features};

/// The option, as several commands have it.
#[derive(Debug, Default, clap::Args)]
#[group(id = "feature-arguments")]
pub(super) struct Arguments {
    /// Turn on proposals past WebAssembly 3.0, such as `threads,wide-arithmetic`
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = parser())]
    features: Vec<Feature>,
}

impl Arguments {
    /// WebAssembly 3.0 and what was named.
    pub(super) fn features(&self) -> Features {
        self.features.iter().fold(Features::default(), |all, feature| all.with(*feature))
    }

    /// An engine that has them, and is as usual otherwise.
    pub(super) fn engine(&self) -> Engine {
        Engine::new(Config::new().features(self.features()))
    }
}

fn parser() -> impl TypedValueParser<Value = Feature> {
    PossibleValuesParser::new(Feature::past_standard().map(Feature::name))
        .try_map(|name| Feature::named(&name))
}
