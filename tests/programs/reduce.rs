//! Makes a program that fails smaller, line by line: lines go, or a constant stands for them, as
//! long as it still fails. What is no valid module any more does not fail.

use std::time::{Duration, Instant};

/// Reading a smaller program is worth this wait, once.
const PATIENCE: Duration = Duration::from_secs(60);

/// What may stand for lines.
const INSTEAD: [&str; 6] =
    ["", "i32.const 1", "i64.const 1", "f32.const 1", "f64.const 1", "ref.null func"];

/// The smallest program found that still fails.
pub(crate) fn reduce(text: &str, fails: impl Fn(&str) -> bool) -> String {
    let begin = Instant::now();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    loop {
        let before = lines.len();
        let mut size = lines.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at + size <= lines.len() {
                if begin.elapsed() > PATIENCE {
                    return lines.join("\n");
                }
                match smaller(&lines, at, size, &fails) {
                    Some(found) => lines = found,
                    None => at += size.div_ceil(2),
                }
            }
            size /= 2;
        }
        for at in 0..lines.len() {
            if let Some(found) = unwrapped(&lines, at).filter(|fewer| fails(&fewer.join("\n"))) {
                lines = found;
            }
        }
        if lines.len() == before {
            return lines.join("\n");
        }
    }
}

/// The program without `size` lines from `at` on, if it still fails.
fn smaller(
    lines: &[String],
    at: usize,
    size: usize,
    fails: impl Fn(&str) -> bool,
) -> Option<Vec<String>> {
    // One line may only go: what stands for it would be no smaller.
    let choices = if size == 1 { &INSTEAD[..1] } else { &INSTEAD[..] };
    choices.iter().find_map(|instead| {
        let mut fewer = lines.to_vec();
        let instead = [*instead].into_iter().filter(|text| !text.is_empty());
        fewer.splice(at..at + size, instead.map(str::to_owned));
        fails(&fewer.join("\n")).then_some(fewer)
    })
}

/// The program without the block that the line opens and the `end` that closes it; the condition of
/// an `if` is dropped. An opening and its `end` are indented alike.
fn unwrapped(lines: &[String], at: usize) -> Option<Vec<String>> {
    let opening = lines.get(at)?;
    let text = opening.trim_start();
    let word = text.split(' ').next()?;
    if !["block", "loop", "if"].contains(&word) {
        return None;
    }
    let end = format!("{}end", &opening[..opening.len() - text.len()]);
    let close = at + lines[at..].iter().position(|line| *line == end)?;
    let mut fewer = lines.to_vec();
    fewer.remove(close);
    if word == "if" {
        fewer[at] = String::from("drop");
    } else {
        fewer.remove(at);
    }
    Some(fewer)
}
