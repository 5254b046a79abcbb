//! Names of functions as their source has them. Compilers mangle them; how long a name gets when
//! it is written out is up to whoever chose it, so both ends are bounded.

use std::fmt::{self, Write};

use cpp_demangle::{DemangleOptions, Symbol};

use crate::printable::escape;

/// The longest mangled name that is looked into, in bytes: templates of templates have some
/// thousands.
const LONGEST_MANGLED: usize = 8 * 1024;

/// How much of a name is shown, in bytes.
const SHOWN: usize = 512;

/// The hash at the end of Rust's older symbols: `::h` and so many hexadecimal digits. Linkers that
/// take them for C++ leave it.
const HASH_DIGITS: usize = 16;

/// The name in its language's own spelling, on one line; as it is when no language is known by it.
pub(super) fn demangle(name: &str) -> String {
    let plain = rust(name).or_else(|| cpp(name));
    let plain = plain.as_deref().unwrap_or_else(|| without_hash(name));
    let end = plain.floor_char_boundary(SHOWN);
    let mut shown = escape(&plain.as_bytes()[..end]);
    if end < plain.len() {
        shown.push('…');
    }
    shown
}

fn rust(name: &str) -> Option<String> {
    if name.len() > LONGEST_MANGLED {
        return None;
    }
    let symbol = rustc_demangle::try_demangle(name).ok()?;
    let mut shown = Shown::default();
    // The alternate form has no hash. A full buffer is an error, and what there is good.
    let _full = write!(shown, "{symbol:#}").is_err();
    Some(shown.0)
}

fn cpp(name: &str) -> Option<String> {
    if name.len() > LONGEST_MANGLED || !name.starts_with("_Z") {
        return None;
    }
    let symbol = Symbol::new(name).ok()?;
    let mut shown = Shown::default();
    match symbol.structured_demangle(&mut shown, &DemangleOptions::new()) {
        Err(fmt::Error) if shown.0.len() < SHOWN => None,
        Ok(()) | Err(fmt::Error) => Some(shown.0),
    }
}

fn without_hash(name: &str) -> &str {
    let is_hash = |hash: &str| {
        hash.len() == HASH_DIGITS && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    match name.rsplit_once("::h") {
        Some((path, hash)) if is_hash(hash) => path,
        Some(_) | None => name,
    }
}

/// Takes a little more than what is shown, so that it shows whether something is cut.
#[derive(Default)]
struct Shown(String);

impl Write for Shown {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.floor_char_boundary((SHOWN + 4).saturating_sub(self.0.len()));
        self.0.push_str(&text[..end]);
        if end < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        assert_eq!(demangle(name), expected, "{name}");
    }

    #[test]
    fn names_of_rust_and_c_plus_plus_are_written_out() {
        check("_ZN4core9panicking5panic17h0123456789abcdefE", "core::panicking::panic");
        check("_RNvCs1234_7mycrate3foo", "mycrate::foo");
        check("_ZN5space3fooEibc", "space::foo(int, bool, char)");
        check("core::panicking::panic::h0123456789abcdef", "core::panicking::panic");
    }

    #[test]
    fn other_names_stay_and_make_no_second_line() {
        check("handle", "handle");
        check("_Znot mangled", "_Znot mangled");
        check("a::h012", "a::h012");
        check("a\n  at 7 `b`", r"a\n  at 7 `b`");
    }

    #[test]
    fn long_names_are_cut() {
        check(&"é".repeat(300), &format!("{}…", "é".repeat(256)));
        check(&"_".repeat(LONGEST_MANGLED + 1), &format!("{}…", "_".repeat(SHOWN)));
        // Each substitution doubles the one before.
        let doubling = "_Z1f1TIS_S_EIS0_S0_EIS1_S1_EIS2_S2_EIS3_S3_EIS4_S4_EIS5_S5_EIS6_S6_E";
        assert!(demangle(doubling).len() <= SHOWN + '…'.len_utf8());
    }
}
