//! Interleaved rounds, medians and means.

use std::time::Duration;

use crate::engines::Result;

/// Something that can be timed again and again.
pub(crate) type Contestant<'a> = Box<dyn FnMut() -> Result<Duration> + 'a>;

/// Times all of them `rounds` times in turn; each one's median.
pub(crate) fn interleaved(
    contestants: &mut [Contestant<'_>],
    rounds: usize,
) -> Result<Vec<Duration>> {
    let mut times = vec![Vec::with_capacity(rounds); contestants.len()];
    for round in 0..rounds {
        for turn in 0..contestants.len() {
            // Whoever runs first in a round may find other caches and clocks.
            let place = (turn + round) % contestants.len();
            times[place].push(contestants[place]()?);
        }
    }
    Ok(times.into_iter().map(median).collect())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The mean of ratios; None when there are none.
pub(crate) fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let logarithms: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (!ratios.is_empty()).then(|| (logarithms / ratios.len() as f64).exp())
}
