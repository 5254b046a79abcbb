//! The router beside a slow one, which tries every route and says of all that match which is best.

use proptest::prelude::*;
use serverless_wasm::server::http::{Incoming, Limits, Request};
use serverless_wasm::server::{Route, RouteError, Router};

/// What is written as text, without the library's own reading of it.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Exact(&'static str),
    Parameter(&'static str),
    Rest(&'static str),
}

/// A segment as it may be written, with what it means: what is the same decoded is the same.
const SEGMENTS: [(&str, &str); 10] = [
    ("a", "a"),
    ("%61", "a"),
    ("b", "b"),
    ("%2F", "/"),
    ("a%2fb", "a/b"),
    ("", ""),
    ("..", ".."),
    ("%2e.", ".."),
    ("%25", "%"),
    ("%2525", "%25"),
];

fn meaning(written: &str) -> &'static str {
    SEGMENTS.iter().find(|(text, _)| *text == written).expect("it is one of these").1
}

#[derive(Clone, Debug)]
struct Entry {
    method: &'static str,
    parts: Vec<Part>,
}

impl Entry {
    fn path(&self) -> String {
        let text = |part: &Part| match part {
            Part::Exact(text) => format!("/{text}"),
            Part::Parameter(name) => format!("/{{{name}}}"),
            Part::Rest(name) => format!("/{{*{name}}}"),
        };
        self.parts.iter().map(text).collect()
    }

    /// What it means without names and ways of writing.
    fn shape(&self) -> Vec<Part> {
        let shape = |part: &Part| match part {
            Part::Exact(text) => Part::Exact(meaning(text)),
            Part::Parameter(_) => Part::Parameter(""),
            Part::Rest(_) => Part::Rest(""),
        };
        self.parts.iter().map(shape).collect()
    }

    /// What its names have in a path, when it takes it.
    fn matches(&self, path: &[&str]) -> Option<Vec<(String, Vec<u8>)>> {
        let mut params = Vec::new();
        let mut path = path.iter().map(|segment| meaning(segment));
        for part in &self.parts {
            match part {
                Part::Exact(text) => {
                    path.next().filter(|segment| *segment == meaning(text))?;
                }
                Part::Parameter(name) => {
                    let segment = path.next().filter(|segment| !segment.is_empty())?;
                    params.push(((*name).to_owned(), segment.as_bytes().to_vec()));
                }
                Part::Rest(name) => {
                    let rest: Vec<_> = path.by_ref().collect();
                    if rest.is_empty() {
                        return None;
                    }
                    params.push(((*name).to_owned(), rest.join("/").into_bytes()));
                }
            }
        }
        path.next().is_none().then_some(params)
    }

    /// How well it takes a method, when it does; less is better.
    fn takes(&self, method: &str) -> Option<u8> {
        match self.method {
            own if own == method => Some(0),
            "GET" if method == "HEAD" => Some(1),
            "*" => Some(2),
            _ => None,
        }
    }

    /// How exact each segment is; less is better.
    fn exactness(&self) -> Vec<u8> {
        let exactness = |part: &Part| match part {
            Part::Exact(_) => 0,
            Part::Parameter(_) => 1,
            Part::Rest(_) => 2,
        };
        self.parts.iter().map(exactness).collect()
    }
}

fn part() -> impl Strategy<Value = Part> {
    let exact = proptest::sample::select(SEGMENTS.map(|(text, _)| text).to_vec());
    prop_oneof![
        3 => exact.prop_map(Part::Exact),
        2 => proptest::sample::select(vec!["x", "y"]).prop_map(Part::Parameter),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let method = proptest::sample::select(vec!["GET", "HEAD", "POST", "*"]);
    let rest = prop::option::weighted(0.3, Just(Part::Rest("rest")));
    (method, prop::collection::vec(part(), 0..4), rest)
        .prop_map(|(method, parts, rest)| Entry {
            method,
            parts: [parts, rest.into_iter().collect()].concat(),
        })
        .prop_filter("a path has a segment, and a name once", |entry| {
            let names = entry.parts.iter().filter(|part| matches!(part, Part::Parameter(_)));
            let names: Vec<_> = names.collect();
            !entry.parts.is_empty() && (names.len() < 2 || names.len() == 2 && names[0] != names[1])
        })
}

fn request(method: &str, path: &str) -> Request {
    let limits = Limits {
        max_headers: 10,
        max_target_size: 1_000,
        max_header_size: 1_000,
        max_body_size: 0,
    };
    let mut incoming = Incoming::new(limits);
    incoming.receive(format!("{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
    incoming.next_request().expect("it is well formed").expect("it is whole")
}

proptest! {
    #[test]
    fn every_request_goes_where_the_slow_router_sends_it(
        entries in prop::collection::vec(entry(), 0..8),
        method in proptest::sample::select(vec!["GET", "HEAD", "POST", "PUT"]),
        path in prop::collection::vec(
            proptest::sample::select(SEGMENTS.map(|(text, _)| text).to_vec()), 1..5,
        ),
    ) {
        let mut router = Router::default();
        let mut known: Vec<&Entry> = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let is_second = known.iter().any(|other| {
                other.method == entry.method && other.shape() == entry.shape()
            });
            let added = router.add(entry.method, &entry.path(), index);
            prop_assert_eq!(added, if is_second { Err(RouteError::Taken) } else { Ok(()) });
            if !is_second {
                known.push(entry);
            }
        }

        let matching = || known.iter().filter(|entry| entry.matches(&path).is_some());
        let taking = matching().filter_map(|entry| Some((entry.takes(method)?, entry)));
        let best = taking.min_by_key(|(takes, entry)| (entry.exactness(), *takes));
        let request = request(method, &format!("/{}", path.join("/")));
        match (router.route(&request), best) {
            (Route::Found(index, params), Some((_, entry))) => {
                prop_assert_eq!(entries[*index].path(), entry.path());
                prop_assert_eq!(entries[*index].method, entry.method);
                prop_assert_eq!(Some(params), entry.matches(&path));
            }
            (Route::NotAllowed(allow), None) => {
                let mut found: Vec<_> = allow.split(", ").collect();
                let mut expected: Vec<_> = matching().map(|entry| entry.method).collect();
                if expected.contains(&"GET") {
                    expected.push("HEAD");
                }
                found.sort_unstable();
                expected.sort_unstable();
                expected.dedup();
                prop_assert_eq!(found, expected);
            }
            (Route::NotFound, None) => prop_assert_eq!(matching().count(), 0),
            (other, best) => prop_assert!(false, "{:?}, expected {:?}", other, best),
        }
    }
}
