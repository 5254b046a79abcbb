//! The values of keys: durations, sizes, counts, and what a wrong one is told.

use std::time::Duration;

use toml::de::DeValue;

use super::tree::Wrong;

/// Bytes of a kibibyte.
pub(super) const KIB: usize = 1 << 10;
/// Bytes of a mebibyte.
pub(super) const MIB: usize = 1 << 20;
/// Bytes of a gibibyte.
pub(super) const GIB: usize = 1 << 30;

/// Longest duration that a key takes: whatever is added to a clock must not overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Units of durations, in nanoseconds.
const TIMES: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Units of sizes, in bytes.
const SIZES: &[(&str, u64)] = &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// So many seconds.
pub(super) const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// `true` or `false`.
pub(super) fn flag(value: &DeValue<'_>) -> Result<bool, Wrong> {
    value.as_bool().ok_or_else(|| Wrong::value("`true` or `false`"))
}

/// Any string.
pub(super) fn string(value: &DeValue<'_>) -> Result<String, Wrong> {
    value.as_str().map(str::to_owned).ok_or_else(|| Wrong::value("a string"))
}

/// A string that says something.
pub(super) fn text(value: &DeValue<'_>) -> Result<String, Wrong> {
    string(value)
        .ok()
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Wrong::value("a string that is not empty"))
}

/// `host:port`, where an IPv6 address stands in brackets.
pub(super) fn host_and_port(value: &DeValue<'_>) -> Result<String, Wrong> {
    const EXPECTED: &str = "an address such as \"127.0.0.1:8080\"";
    let address = string(value).map_err(|_| Wrong::value(EXPECTED))?;
    let Some((host, port)) = address.rsplit_once(':') else {
        return Err(Wrong::value(EXPECTED).near(format!("\"{address}:8080\"")));
    };
    let is_port = port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit());
    if !is_port || host.is_empty() || host.contains(char::is_whitespace) {
        return Err(Wrong::value(EXPECTED));
    }
    if host.contains(':') && !(host.starts_with('[') && host.ends_with(']')) {
        return Err(Wrong::value(EXPECTED).near(format!("\"[{host}]:{port}\"")));
    }
    Ok(address)
}

/// A number from `least` to `most`.
pub(super) fn count(least: usize, most: usize) -> impl Fn(&DeValue<'_>) -> Result<usize, Wrong> {
    move |value| {
        let number = integer(value).and_then(|number| usize::try_from(number).ok());
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| Wrong::value(format!("a whole number from {least} to {most}")))
    }
}

/// A number; 0 is none.
pub(super) fn count_or_none(value: &DeValue<'_>) -> Result<Option<usize>, Wrong> {
    let number = count(0, i64::MAX as usize)(value);
    let number = number.map_err(|_| Wrong::value("a whole number; 0 is no limit"))?;
    Ok((number > 0).then_some(number))
}

fn integer(value: &DeValue<'_>) -> Option<i128> {
    let integer = value.as_integer()?;
    i128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A size such as `"64KiB"`, from `least` to `most` bytes.
pub(super) fn size(least: usize, most: usize) -> impl Fn(&DeValue<'_>) -> Result<usize, Wrong> {
    move |value| {
        let bytes = match quantity(value, SIZES) {
            Ok(bytes) => bytes,
            Err(near) => return Err(Wrong::value("a size such as \"64KiB\"").maybe_near(near)),
        };
        usize::try_from(bytes).ok().filter(|bytes| (least..=most).contains(bytes)).ok_or_else(
            || Wrong::value(format!("a size from \"{}\" to \"{}\"", shown(least), shown(most))),
        )
    }
}

/// Bytes in the largest unit that leaves no rest.
fn shown(bytes: usize) -> String {
    let bytes = bytes as u64;
    let unit =
        SIZES.iter().rev().find(|(_, scale)| bytes >= *scale && bytes.is_multiple_of(*scale));
    unit.map_or_else(|| format!("{bytes}B"), |(name, scale)| format!("{}{name}", bytes / scale))
}

/// A duration such as `"500ms"`, longer than nothing.
pub(super) fn duration(value: &DeValue<'_>) -> Result<Duration, Wrong> {
    match quantity(value, TIMES) {
        Ok(nanoseconds) => Some(Duration::from_nanos(nanoseconds))
            .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
            .ok_or_else(|| Wrong::value("a duration longer than \"0s\", at most a year")),
        Err(near) => Err(Wrong::value("a duration such as \"500ms\" or \"2s\"").maybe_near(near)),
    }
}

/// Parses a duration as the configuration writes it.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    duration(&DeValue::String(text.into())).ok()
}

/// Parses a size in bytes as the configuration writes it.
#[must_use]
pub fn parse_size(text: &str) -> Option<usize> {
    size(0, usize::MAX)(&DeValue::String(text.into())).ok()
}

/// A whole number with a unit. The error is what may have been meant.
fn quantity(value: &DeValue<'_>, units: &[(&str, u64)]) -> Result<u64, Option<String>> {
    let Some(text) = value.as_str() else {
        return Err(integer(value).map(|number| with_each_unit(number, units)));
    };
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| None)?;
    match units.iter().find(|(name, _)| *name == unit) {
        Some((_, scale)) => number.checked_mul(*scale).ok_or(None),
        None => Err(similar_unit(unit.trim(), units).map(|unit| format!("\"{number}{unit}\""))),
    }
}

fn with_each_unit(number: i128, units: &[(&str, u64)]) -> String {
    let all: Vec<String> = units.iter().map(|(unit, _)| format!("\"{number}{unit}\"")).collect();
    all.join(", ")
}

/// `KB`, `k` and `kib` mean `KiB`; `sec` means `s`.
fn similar_unit<'u>(unit: &str, units: &[(&'u str, u64)]) -> Option<&'u str> {
    let starts_alike = |name: &str| match (unit.chars().next(), name.chars().next()) {
        (Some(found), Some(known)) => found.eq_ignore_ascii_case(&known),
        (None, _) | (_, None) => false,
    };
    let same = units.iter().find(|(name, _)| unit.eq_ignore_ascii_case(name));
    same.or_else(|| units.iter().find(|(name, _)| starts_alike(name))).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_whole_number_and_a_unit() {
        assert_eq!(parse_duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(parse_duration("2s"), Some(Duration::from_secs(2)));
        assert_eq!(parse_duration("1m"), Some(Duration::from_secs(60)));
        for wrong in ["", "s", "2", "2 s", "-2s", "2.5s", "0s", "99999999999999999999s", "9000h"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_size_is_a_whole_number_and_a_unit_of_1024() {
        assert_eq!(parse_size("64KiB"), Some(65_536));
        assert_eq!(parse_size("16MiB"), Some(16 << 20));
        assert_eq!(parse_size("0B"), Some(0));
        for wrong in ["", "KiB", "64", "64KB", "64kib", "64 KiB", "-1B", "99999999999999GiB"] {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_size_is_shown_in_the_largest_unit_that_fits() {
        assert_eq!(shown(0), "0B");
        assert_eq!(shown(1_000), "1000B");
        assert_eq!(shown(64 * KIB), "64KiB");
        assert_eq!(shown(GIB), "1GiB");
    }

    #[test]
    fn a_familiar_unit_suggests_ours() {
        assert_eq!(similar_unit("KB", SIZES), Some("KiB"));
        assert_eq!(similar_unit("mib", SIZES), Some("MiB"));
        assert_eq!(similar_unit("sec", TIMES), Some("s"));
        assert_eq!(similar_unit("", TIMES), None);
    }
}
