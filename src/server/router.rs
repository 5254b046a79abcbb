//! Which application answers a request: patterns of paths, compared segment by segment, and
//! methods.
//!
//! A path is split at its slashes, and each segment is percent-decoded by itself, so that `%2F`
//! never makes two segments of one. `.` and `..` are segments like others: nothing is removed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use percent_encoding::percent_decode_str;
use thiserror::Error;

use super::http::{Request, Target};
use crate::config::{Pattern, PatternError, Segment};

/// The table of routes. `T` is what a route leads to.
///
/// Of the routes that take both the path and the method of a request it goes to the one that is
/// most exact in the first segment where their patterns differ: an exact segment comes before
/// `{name}`, and that before `{*name}`. Of those with the same pattern, the one with the request's
/// own method comes first, for `HEAD` then `GET`, then the one with any method.
///
/// ```
/// use serverless_wasm::server::Router;
///
/// let mut router = Router::default();
/// router.add("GET", "/users/{id}", "a user")?;
/// router.add("GET", "/users/me", "oneself")?;
/// assert!(router.add("GET", "/users/{name}", "again").is_err());
/// # Ok::<(), serverless_wasm::server::RouteError>(())
/// ```
#[derive(Debug)]
pub struct Router<T> {
    /// A tree by segments: the first node is its root, and the others are named by their places
    /// here. So neither searching nor dropping it recurses, however long a pattern is.
    nodes: Vec<Node<T>>,
}

/// What the segments so far lead to.
#[derive(Debug)]
struct Node<T> {
    /// The node behind each exact segment.
    exact: HashMap<Vec<u8>, usize>,
    /// The node behind any segment that is not empty.
    parameter: Option<usize>,
    /// Routes whose pattern ends here.
    ends: Vec<Leaf<T>>,
    /// Routes whose pattern takes whatever follows.
    rests: Vec<Leaf<T>>,
}

/// A route at the end of its pattern.
#[derive(Debug)]
struct Leaf<T> {
    method: Method,
    /// The names of the pattern's parameters, in its order: the same pattern may have others for
    /// another method.
    names: Vec<String>,
    leads_to: T,
}

/// The methods that a route takes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Method {
    Any,
    One(String),
}

/// The named parts of a path: names, and what the request has there, percent-decoded.
pub type Params = Vec<(String, Vec<u8>)>;

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Route<'a, T> {
    /// To this route, with what its pattern names.
    Found(&'a T, Params),
    /// `OPTIONS *` asks about the server, which has nothing to tell.
    Server,
    /// No route takes the path.
    NotFound,
    /// Routes take the path, but none with the method; the value of `Allow`.
    NotAllowed(String),
}

impl<T> Route<'_, T> {
    /// What it leads to, when it is a route of the table, and what its pattern names.
    pub(super) fn found(&self) -> (Option<&T>, &[(String, Vec<u8>)]) {
        match self {
            Self::Found(leads_to, params) => (Some(leads_to), params),
            Self::Server | Self::NotFound | Self::NotAllowed(_) => (None, &[]),
        }
    }
}

/// Why a route can't be added.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RouteError {
    /// Its path is none.
    #[error("expected {0}")]
    Pattern(#[from] PatternError),
    /// Another route takes the same paths with the same method.
    #[error("another route takes the same paths with the same method")]
    Taken,
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Self { exact: HashMap::new(), parameter: None, ends: Vec::new(), rests: Vec::new() }
    }
}

impl<T> Router<T> {
    /// Adds a route; `*` takes any method.
    ///
    /// # Errors
    /// When the path is no [`Pattern`], or a route takes the same paths with the same method.
    pub fn add(&mut self, method: &str, path: &str, leads_to: T) -> Result<(), RouteError> {
        self.insert(method, &path.parse()?, leads_to)
    }

    /// Adds a route whose path has been read; `*` takes any method.
    ///
    /// # Errors
    /// When a route takes the same paths with the same method.
    pub fn insert(
        &mut self,
        method: &str,
        pattern: &Pattern,
        leads_to: T,
    ) -> Result<(), RouteError> {
        let method = if method == "*" { Method::Any } else { Method::One(method.into()) };
        let (mut at, mut names, mut rest) = (0, Vec::new(), false);
        for segment in pattern.segments() {
            match segment {
                Segment::Exact(bytes) => at = self.exact(at, bytes),
                Segment::Parameter(name) => {
                    names.push(name.clone());
                    at = self.parameter(at);
                }
                Segment::Rest(name) => {
                    names.push(name.clone());
                    rest = true;
                }
            }
        }
        let node = &mut self.nodes[at];
        let leaves = if rest { &mut node.rests } else { &mut node.ends };
        if leaves.iter().any(|leaf| leaf.method == method) {
            return Err(RouteError::Taken);
        }
        leaves.push(Leaf { method, names, leads_to });
        Ok(())
    }

    /// The node behind an exact segment.
    fn exact(&mut self, at: usize, segment: &[u8]) -> usize {
        if let Some(next) = self.nodes[at].exact.get(segment) {
            return *next;
        }
        let next = self.grow();
        self.nodes[at].exact.insert(segment.to_vec(), next);
        next
    }

    /// The node behind a parameter.
    fn parameter(&mut self, at: usize) -> usize {
        if let Some(next) = self.nodes[at].parameter {
            return next;
        }
        let next = self.grow();
        self.nodes[at].parameter = Some(next);
        next
    }

    fn grow(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    /// Finds the route of a request.
    pub fn route(&self, request: &Request) -> Route<'_, T> {
        match request.target() {
            Target::Server => Route::Server,
            Target::Path(path, _) => self.find(request.method(), path),
        }
    }

    /// Tries what is left to try, the most exact first. No node is tried twice, for one way leads
    /// to each: however a path is made, it costs no more than the whole table.
    fn find(&self, method: &str, path: &str) -> Route<'_, T> {
        let Some(path) = path.strip_prefix('/') else { return Route::NotFound };
        let segments: Vec<Cow<'_, [u8]>> =
            path.split('/').map(|segment| percent_decode_str(segment).into()).collect();
        let mut others = Vec::new();
        let mut named = Vec::new();
        let mut choices = vec![Choice { node: 0, next: 0, named: 0, takes: Takes::Exact }];
        while let Some(choice) = choices.pop() {
            let node = &self.nodes[choice.node];
            named.truncate(choice.named);
            named.extend(choice.takes.named(choice.next, segments.len()));
            let leaves = match (choice.takes, segments.get(choice.next)) {
                (Takes::Rest, _) => &node.rests,
                (Takes::Exact | Takes::Parameter, None) => &node.ends,
                (Takes::Exact | Takes::Parameter, Some(segment)) => {
                    let here = Choice { named: named.len(), ..choice };
                    choices.extend(node.choices(here, segment));
                    continue;
                }
            };
            if let Some(leaf) = Leaf::best(leaves, method) {
                return Route::Found(&leaf.leads_to, leaf.params(&named, &segments));
            }
            others.extend(leaves.iter().map(|leaf| &leaf.method));
        }
        if others.is_empty() { Route::NotFound } else { Route::NotAllowed(allow(&others)) }
    }
}

/// A way into the tree that is still to be tried.
#[derive(Clone, Copy, Debug)]
struct Choice {
    /// Where it leads.
    node: usize,
    /// The first segment that it has not taken.
    next: usize,
    /// How many segments before its last one have names.
    named: usize,
    /// What its last segment is taken by.
    takes: Takes,
}

/// What takes a segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Takes {
    /// An exact one.
    Exact,
    /// A parameter.
    Parameter,
    /// A rest, which takes all that follow.
    Rest,
}

impl Takes {
    /// The segments that get a name by this, of so many.
    fn named(self, next: usize, segments: usize) -> Option<Range<usize>> {
        match self {
            Self::Exact => None,
            Self::Parameter => Some(next - 1..next),
            Self::Rest => Some(next..segments),
        }
    }
}

impl<T> Node<T> {
    /// What may take a segment, the most exact last.
    fn choices(&self, here: Choice, segment: &[u8]) -> impl Iterator<Item = Choice> {
        let rest = Choice { takes: Takes::Rest, ..here };
        let rest = Some(rest).filter(|_| !self.rests.is_empty());
        let next = here.next + 1;
        let parameter = self.parameter.filter(|_| !segment.is_empty());
        let parameter =
            parameter.map(|node| Choice { node, next, takes: Takes::Parameter, ..here });
        let exact = self.exact.get(segment);
        let exact = exact.map(|node| Choice { node: *node, next, takes: Takes::Exact, ..here });
        [rest, parameter, exact].into_iter().flatten()
    }
}

impl<T> Leaf<T> {
    /// Which of the routes of a pattern takes a method.
    fn best<'l>(leaves: &'l [Self], method: &str) -> Option<&'l Self> {
        let with = |wanted: &str| leaves.iter().find(|leaf| leaf.method.is(wanted));
        let head_by_get = || with("GET").filter(|_| method == "HEAD");
        let any = || leaves.iter().find(|leaf| leaf.method == Method::Any);
        with(method).or_else(head_by_get).or_else(any)
    }

    /// Its names with what the segments have there.
    fn params(&self, named: &[Range<usize>], segments: &[Cow<'_, [u8]>]) -> Params {
        let values = named.iter().map(|range| segments[range.clone()].join(&b'/'));
        self.names.iter().cloned().zip(values).collect()
    }
}

impl Method {
    fn is(&self, wanted: &str) -> bool {
        match self {
            Self::One(method) => method == wanted,
            Self::Any => false,
        }
    }
}

/// Spec: RFC 9110 section 10.2.1.
fn allow(routes: &[&Method]) -> String {
    let mut methods: Vec<&str> = Vec::new();
    for route in routes {
        match route {
            Method::One(method) if !methods.contains(&method.as_str()) => methods.push(method),
            Method::One(_) | Method::Any => {}
        }
    }
    if methods.contains(&"GET") && !methods.contains(&"HEAD") {
        methods.push("HEAD");
    }
    methods.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a request goes: the route's name and what it names, `404`, or the value of `Allow`.
    fn find(routes: &[(&str, &str)], method: &str, path: &str) -> String {
        let mut router = Router::default();
        for (index, (method, path)) in routes.iter().enumerate() {
            router.add(method, path, index).unwrap();
        }
        match router.find(method, path) {
            Route::Found(index, params) => {
                let (method, path) = routes[*index];
                let shown = |(name, value): &(String, Vec<u8>)| {
                    format!(" {name}={}", String::from_utf8_lossy(value))
                };
                format!("{method} {path}{}", params.iter().map(shown).collect::<String>())
            }
            Route::NotAllowed(allow) => format!("allow {allow}"),
            Route::NotFound | Route::Server => "404".to_owned(),
        }
    }

    #[test]
    fn a_path_and_a_method_lead_to_a_route() {
        let routes = [
            ("GET", "/"),
            ("GET", "/a"),
            ("POST", "/a"),
            ("HEAD", "/h"),
            ("GET", "/h"),
            ("*", "/any"),
            ("PUT", "/any"),
        ];
        let check = |method: &str, path: &str, expected: &str| {
            assert_eq!(find(&routes, method, path), expected, "{method} {path}");
        };
        check("GET", "/", "GET /");
        check("GET", "/a", "GET /a");
        check("POST", "/a", "POST /a");
        check("HEAD", "/a", "GET /a");
        check("HEAD", "/h", "HEAD /h");
        check("PUT", "/any", "PUT /any");
        check("HEAD", "/any", "* /any");
        for path in ["/b", "/a/", "//a", "/./a", "a", ""] {
            check("GET", path, "404");
        }
        check("PUT", "/a", "allow GET, POST, HEAD");
        check("get", "/a", "allow GET, POST, HEAD");
        check("PUT", "/h", "allow HEAD, GET");
    }

    #[test]
    fn segments_are_compared_decoded() {
        let routes = [("GET", "/a"), ("GET", "/b%2fc/%25"), ("GET", "/a/../b"), ("GET", "/é")];
        let check = |path: &str, expected: &str| {
            assert_eq!(find(&routes, "GET", path), expected, "{path}");
        };
        check("/%61", "GET /a");
        check("/b%2Fc/%", "GET /b%2fc/%25");
        check("/b/c/%25", "404");
        check("/b%252fc/%25", "404");
        check("/a/%2e%2E/b", "GET /a/../b");
        check("/b", "404");
        check("/%C3%A9", "GET /é");
        check("%2Fa", "404");
    }

    #[test]
    fn exact_comes_before_a_parameter_and_that_before_a_rest() {
        let routes = [
            ("GET", "/{*all}"),
            ("GET", "/users/{id}"),
            ("GET", "/users/me"),
            ("GET", "/{kind}/me"),
            ("GET", "/users/{id}/posts/{post}"),
            ("GET", "/users/me/{*rest}"),
        ];
        let check = |path: &str, expected: &str| {
            assert_eq!(find(&routes, "GET", path), expected, "{path}");
        };
        check("/users/me", "GET /users/me");
        check("/users/7", "GET /users/{id} id=7");
        check("/groups/me", "GET /{kind}/me kind=groups");
        check("/users/7/posts/8", "GET /users/{id}/posts/{post} id=7 post=8");
        // The first segment that differs decides, and what leads nowhere is taken back.
        check("/users/me/posts/8", "GET /users/me/{*rest} rest=posts/8");
        check("/users/7/posts", "GET /{*all} all=users/7/posts");
        check("/users/", "GET /{*all} all=users/");
        check("/", "GET /{*all} all=");
    }

    #[test]
    fn a_parameter_takes_what_is_there_and_a_rest_even_nothing() {
        let routes = [("GET", "/p/{x}"), ("GET", "/r/{*x}")];
        let check = |path: &str, expected: &str| {
            assert_eq!(find(&routes, "GET", path), expected, "{path}");
        };
        check("/p/a%2Fb", "GET /p/{x} x=a/b");
        check("/p/%", "GET /p/{x} x=%");
        check("/p/..", "GET /p/{x} x=..");
        check("/p/", "404");
        check("/p/a/", "404");
        check("/r/", "GET /r/{*x} x=");
        check("/r", "404");
        check("/r/a/%62//c/", "GET /r/{*x} x=a/b//c/");
    }

    #[test]
    fn a_less_exact_route_takes_a_method_that_others_do_not() {
        let routes = [
            ("GET", "/users/me"),
            ("POST", "/users/{id}"),
            ("DELETE", "/users/{name}"),
            ("*", "/x/{*rest}"),
            ("HEAD", "/{*all}"),
        ];
        let check = |method: &str, path: &str, expected: &str| {
            assert_eq!(find(&routes, method, path), expected, "{method} {path}");
        };
        check("POST", "/users/me", "POST /users/{id} id=me");
        check("DELETE", "/users/me", "DELETE /users/{name} name=me");
        check("HEAD", "/users/me", "GET /users/me");
        check("HEAD", "/users/7", "HEAD /{*all} all=users/7");
        check("HEAD", "/x/", "* /x/{*rest} rest=");
        check("PUT", "/users/me", "allow GET, POST, DELETE, HEAD");
        check("PUT", "/users/7", "allow POST, DELETE, HEAD");
    }

    #[test]
    fn one_pattern_takes_a_method_once() {
        let mut router = Router::default();
        let mut add = |method: &str, path: &str| router.add(method, path, ());
        assert_eq!(add("GET", "/a/{id}"), Ok(()));
        assert_eq!(add("GET", "/%61/{name}"), Err(RouteError::Taken));
        assert_eq!(add("POST", "/a/{name}"), Ok(()));
        assert_eq!(add("*", "/a/{id}"), Ok(()));
        assert_eq!(add("*", "/a/{id}"), Err(RouteError::Taken));
        assert_eq!(add("GET", "/a/{*rest}"), Ok(()));
        assert_eq!(add("GET", "/a/{*other}"), Err(RouteError::Taken));
        assert_eq!(add("GET", "a"), Err(RouteError::Pattern(PatternError::Slash)));
    }
}
