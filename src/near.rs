//! The name that was perhaps meant.

/// Longer names are not compared: the time that it takes grows with the square of the length.
const LONGEST: usize = 100;

/// The known name that `name` is a slip of, when there is one: a third of its letters may differ.
/// Two letters that changed places are one slip.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let tolerated = (name.chars().count() / 3).max(1);
    let similar = known.into_iter().filter(|known| known.len().max(name.len()) <= LONGEST);
    let slips = similar.map(|known| (strsim::osa_distance(name, known), known));
    slips.filter(|(slips, _)| *slips <= tolerated).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_one_that_a_slip_explains() {
        let known = ["file_path", "method", "url_path", "function"];
        let check = |name, expected| assert_eq!(nearest(name, known), expected, "{name}");
        check("methd", Some("method"));
        check("mehtod", Some("method"));
        check("filepath", Some("file_path"));
        check("env", None);
        check("", None);
        check(&"m".repeat(1_000), None);
    }
}
