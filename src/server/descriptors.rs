//! How many connections the system's limit of open files leaves room for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Of so many descriptors, one is kept for what connections are not: files, the server's own, and
/// the connections that guests open.
const KEPT: u64 = 4;

/// Raises the limit as far as it goes and is needed, and gives how many of the `wanted` connections
/// there is room for.
pub(super) fn room_for(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let needed = (wanted as u64).saturating_mul(KEPT) / (KEPT - 1) + KEPT;
    let Some(current) = limit.current.filter(|current| *current < needed) else { return wanted };
    let raised = limit.maximum.map_or(needed, |maximum| needed.min(maximum));
    let given = match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit }) {
        Ok(()) => raised,
        Err(_) => current,
    };
    let room = room_in(given, wanted);
    if room < wanted {
        tracing::warn!(
            "room for {room} of {wanted} connections: the limit of open files is {given}"
        );
    }
    room
}

fn room_in(descriptors: u64, wanted: usize) -> usize {
    let room = descriptors - descriptors.div_ceil(KEPT);
    usize::try_from(room).unwrap_or(wanted).clamp(1, wanted.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_descriptors_is_kept() {
        assert_eq!(room_in(1024, 10_000), 768);
        assert_eq!(room_in(20_000, 10_000), 10_000);
        assert_eq!(room_in(1, 10_000), 1);
    }

    #[test]
    fn few_connections_need_nothing_raised() {
        assert_eq!(room_for(1), 1);
    }
}
