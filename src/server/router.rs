//! Which application answers a request: exact paths, compared by their percent-decoded segments.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use super::http::{Request, Target};

/// The table of routes. `T` is what a route leads to.
#[derive(Debug)]
pub struct Router<T> {
    paths: HashMap<Vec<u8>, Vec<(Method, T)>>,
}

/// The methods that a route takes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Method {
    Any,
    One(String),
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Route<'a, T> {
    /// To this route.
    Found(&'a T),
    /// `OPTIONS *` asks about the server, which has nothing to tell.
    Server,
    /// No route has the path.
    NotFound,
    /// Routes have the path, but none the method; the value of `Allow`.
    NotAllowed(String),
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self { paths: HashMap::new() }
    }
}

impl<T> Router<T> {
    /// Adds a route; `*` takes any method. Gives `leads_to` back when the same path, however it is
    /// written, has that method already.
    pub fn add(&mut self, method: &str, path: &str, leads_to: T) -> Result<(), T> {
        let method = if method == "*" { Method::Any } else { Method::One(method.into()) };
        let routes = self.paths.entry(key(path)).or_default();
        if routes.iter().any(|(other, _)| *other == method) {
            return Err(leads_to);
        }
        routes.push((method, leads_to));
        Ok(())
    }

    /// Finds the route of a request.
    pub fn route(&self, request: &Request) -> Route<'_, T> {
        match request.target() {
            Target::Server => Route::Server,
            Target::Path(path, _) => self.find(request.method(), path),
        }
    }

    fn find(&self, method: &str, path: &str) -> Route<'_, T> {
        let Some(routes) = self.paths.get(&key(path)) else { return Route::NotFound };
        let with = |wanted: &str| routes.iter().find(|(route, _)| route.is(wanted));
        let head_by_get = || with("GET").filter(|_| method == "HEAD");
        let any = || routes.iter().find(|(route, _)| *route == Method::Any);
        match with(method).or_else(head_by_get).or_else(any) {
            Some((_, found)) => Route::Found(found),
            None => Route::NotAllowed(allow(routes)),
        }
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
fn allow<T>(routes: &[(Method, T)]) -> String {
    let mut methods = Vec::new();
    for (method, _) in routes {
        match method {
            Method::One(method) => methods.push(method.as_str()),
            Method::Any => {}
        }
    }
    if methods.contains(&"GET") && !methods.contains(&"HEAD") {
        methods.push("HEAD");
    }
    methods.join(", ")
}

/// The path with every percent-encoding decoded but those of `/` and `%`: two paths have the same
/// key exactly if they have the same decoded segments.
fn key(path: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(path.len());
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            key.push(b'/');
        }
        for byte in percent_decode_str(segment) {
            match byte {
                b'/' => key.extend_from_slice(b"%2F"),
                b'%' => key.extend_from_slice(b"%25"),
                _ => key.push(byte),
            }
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, path: &str, expected: &Route<'_, &str>) {
        let mut router = Router::default();
        let routes = [
            ("GET", "/", "root"),
            ("GET", "/a", "get"),
            ("POST", "/a", "post"),
            ("HEAD", "/h", "head"),
            ("GET", "/h", "get"),
            ("*", "/any", "any"),
            ("PUT", "/any", "put"),
            ("GET", "/b%2fc/%25", "escaped"),
        ];
        for (method, path, name) in routes {
            router.add(method, path, name).unwrap();
        }
        assert_eq!(&router.find(method, path), expected, "{method} {path}");
    }

    #[test]
    fn a_path_and_a_method_lead_to_a_route() {
        check("GET", "/", &Route::Found(&"root"));
        check("GET", "/a", &Route::Found(&"get"));
        check("POST", "/a", &Route::Found(&"post"));
        check("HEAD", "/a", &Route::Found(&"get"));
        check("HEAD", "/h", &Route::Found(&"head"));
        check("PUT", "/any", &Route::Found(&"put"));
        check("HEAD", "/any", &Route::Found(&"any"));
        check("GET", "/b", &Route::NotFound);
        check("GET", "/a/", &Route::NotFound);
        check("GET", "//a", &Route::NotFound);
        check("GET", "/./a", &Route::NotFound);
    }

    #[test]
    fn a_path_with_other_methods_names_them() {
        check("PUT", "/a", &Route::NotAllowed("GET, POST, HEAD".into()));
        check("get", "/a", &Route::NotAllowed("GET, POST, HEAD".into()));
        check("PUT", "/h", &Route::NotAllowed("HEAD, GET".into()));
    }

    #[test]
    fn segments_are_compared_decoded() {
        check("GET", "/%61", &Route::Found(&"get"));
        check("GET", "/b%2Fc/%", &Route::Found(&"escaped"));
        check("GET", "/b/c/%25", &Route::NotFound);
        check("GET", "/b%252fc/%25", &Route::NotFound);
        check("GET", "%2Fa", &Route::NotFound);
    }

    #[test]
    fn one_path_takes_a_method_once() {
        let mut router = Router::default();
        assert_eq!(router.add("GET", "/a", 1), Ok(()));
        assert_eq!(router.add("GET", "/%61", 2), Err(2));
        assert_eq!(router.add("*", "/a", 3), Ok(()));
        assert_eq!(router.add("*", "/a", 4), Err(4));
    }
}
