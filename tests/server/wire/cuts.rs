//! The same bytes in other pieces: a connection has no packets, so nothing may depend on them.

use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::client::{Client, Running};

use super::cases::Case;
use super::{all_cases, hold, report, site};

/// Clients at once.
const CLIENTS: usize = 4;

/// Cases whose answers do not depend on how soon their bytes come. A client that sends its body
/// though it asked to be told when may be told or not.
fn cases() -> Vec<Case> {
    let mut cases = all_cases();
    cases.retain(|case| !case.says.contains("(whole)"));
    cases
}

#[test]
fn single_bytes_are_answered_as_the_whole() {
    let server = site::start();
    let single = |client: &mut Client, bytes: &[u8]| {
        for byte in bytes {
            client.send_bytes(&[*byte]);
            thread::yield_now();
        }
    };
    let failures: Vec<_> =
        cases().iter().filter_map(|case| hold(&server, case, single).err()).collect();
    report(&failures);
}

#[test]
fn two_pieces_are_answered_as_the_whole_wherever_the_cut_is() {
    let (server, cases) = (site::start(), cases());
    let (server, cases) = (&server, &cases);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let mine = cases.iter().skip(client).step_by(CLIENTS);
                scope.spawn(move || mine.filter_map(|case| cut_everywhere(server, case)).collect())
            })
            .collect();
        let failures: Vec<Vec<String>> =
            clients.into_iter().map(|client| client.join().unwrap()).collect();
        report(&failures.concat());
    });
}

fn cut_everywhere(server: &Running, case: &Case) -> Option<String> {
    let longest = case.turns.iter().map(|turn| turn.sent.len()).max()?;
    (1..longest).find_map(|cut| {
        let halves = |client: &mut Client, bytes: &[u8]| {
            let (one, other) = bytes.split_at(cut.min(bytes.len()));
            client.send_bytes(one);
            thread::yield_now();
            client.send_bytes(other);
        };
        hold(server, case, halves).err().map(|failure| format!("cut at {cut}: {failure}"))
    })
}

#[test]
fn random_pieces_at_random_times_are_answered_as_the_whole() {
    let (server, cases) = (site::start(), cases());
    let which = 0..cases.len();
    // Sizes of pieces, and whether the client rests before the next.
    let pieces = prop::collection::vec((1..40_usize, any::<bool>()), 1..12);
    let mut runner = TestRunner::new(Config { cases: 300, ..Config::default() });
    let outcome = runner.run(&(which, pieces), |(which, pieces)| {
        let write = |client: &mut Client, bytes: &[u8]| {
            let mut rest = bytes;
            for (size, rests) in pieces.iter().cycle() {
                let (piece, behind) = rest.split_at((*size).min(rest.len()));
                client.send_bytes(piece);
                rest = behind;
                if rest.is_empty() {
                    return;
                }
                if *rests {
                    thread::sleep(Duration::from_micros(300));
                }
            }
        };
        hold(&server, &cases[which], write).map_err(TestCaseError::fail)
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
