//! From settings to a site: modules read, linked and checked, routes made. All errors are found,
//! each at the place of the configuration that asked for what is wrong.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, ConfigError, ConfigErrors, RequestLimits, Settings};
use crate::host::{self, Environment, LinkProblem, State};
use crate::interp::{Engine, ExternType, InstancePre, Linker, Module};
use crate::near::nearest;
use crate::printable;
use crate::wasm::Features;

use super::application::{Application, Reports, store_limits};
use super::router::Router;
use super::site::Site;

impl Site {
    /// Loads the applications. `read` gives the module of a file, or says why it can't; the engine
    /// that it gets is `engine`, or one like it with the proposals that an application asks for.
    ///
    /// # Errors
    /// All modules that can't be read or linked or need more than their limits allow, and all
    /// functions that aren't there.
    pub fn load(
        settings: &Settings,
        engine: &Engine,
        read: impl Fn(&Engine, &Path) -> Result<Module, String>,
    ) -> Result<Self, ConfigErrors> {
        let mut loader = Loader {
            settings,
            engine,
            read,
            linkers: Vec::new(),
            modules: HashMap::new(),
            too_large: Vec::new(),
            errors: Vec::new(),
        };
        let mut router = Router::default();
        for entry in &settings.applications {
            if let Some(application) = loader.application(entry) {
                let (method, path) = (entry.method.get_ref(), entry.url_path.get_ref());
                if let Err(error) = router.insert(method, path, Box::new(application) as _) {
                    loader.refuse("url_path", entry.url_path.span(), error.to_string().into());
                }
            }
        }
        if loader.errors.is_empty() {
            Ok(Self { router, settings: settings.server.clone() })
        } else {
            Err(settings.errors(loader.errors))
        }
    }
}

/// What is wrong, and what helps when that is known.
struct Problem {
    message: String,
    remedy: Option<String>,
}

impl From<String> for Problem {
    fn from(message: String) -> Self {
        Self { message, remedy: None }
    }
}

impl From<LinkProblem> for Problem {
    fn from(LinkProblem { message, remedy }: LinkProblem) -> Self {
        Self { message, remedy: Some(remedy) }
    }
}

struct Loader<'a, R> {
    settings: &'a Settings,
    engine: &'a Engine,
    read: R,
    /// One for each set of proposals, with the engine of it.
    linkers: Vec<Linker<State>>,
    /// Each file once for each set of proposals; `None` when its errors have been noted.
    modules: HashMap<(PathBuf, Features), Option<InstancePre<State>>>,
    /// The files that need more than these limits allow.
    too_large: Vec<(PathBuf, RequestLimits)>,
    errors: Vec<ConfigError>,
}

impl<R: Fn(&Engine, &Path) -> Result<Module, String>> Loader<'_, R> {
    fn application(&mut self, entry: &config::Application) -> Option<Application> {
        let instance = self.module(entry)?;
        let is_small_enough = self.check_limits(entry, &instance);
        if let Some(problem) = problem_of(instance.module(), entry.function.get_ref()) {
            self.refuse("function", entry.function.span(), problem);
            return None;
        }
        if !is_small_enough {
            return None;
        }
        let file = entry.file_path.get_ref();
        let file = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        let environment = Environment::new(entry.env.clone());
        let environment = match &entry.allow_tcp {
            Some(addresses) => environment.allow(addresses.iter().cloned()),
            None => environment,
        };
        let debug = self.settings.server.debug;
        Some(Application {
            name: format!("{file} {}", entry.function.get_ref()),
            route: format!("{} {}", entry.method.get_ref(), entry.url_path.get_ref()),
            function: entry.function.get_ref().clone(),
            instance,
            environment: Arc::new(environment),
            limits: entry.limits.clone(),
            reports: if debug { Reports::Client } else { Reports::Log },
        })
    }

    /// The module of an entry, ready to be instantiated.
    fn module(&mut self, entry: &config::Application) -> Option<InstancePre<State>> {
        let key = (entry.file_path.get_ref().clone(), entry.features);
        if let Some(loaded) = self.modules.get(&key) {
            return loaded.clone();
        }
        let loaded = self.link(&key.0, entry.features).map_err(|problems| {
            for problem in problems {
                self.refuse("file_path", entry.file_path.span(), problem);
            }
        });
        let loaded = loaded.ok();
        self.modules.insert(key, loaded.clone());
        loaded
    }

    fn link(
        &mut self,
        path: &Path,
        features: Features,
    ) -> Result<InstancePre<State>, Vec<Problem>> {
        let has_them = |linker: &Linker<State>| linker.engine().features() == features;
        if !self.linkers.iter().any(has_them) {
            let mut linker = Linker::new(&self.engine.with_features(features));
            host::link(&mut linker).expect("a new linker has none of the names");
            self.linkers.push(linker);
        }
        let linker = self.linkers.iter().find(|linker| has_them(linker));
        let linker = linker.expect("it was made just now");
        let module = (self.read)(linker.engine(), path).map_err(|problem| vec![problem.into()])?;
        let unlinkable = linker.unlinkable(&module);
        if !unlinkable.is_empty() {
            return Err(host::link_problems(&unlinkable).into_iter().map(Into::into).collect());
        }
        linker.instantiate_pre(&module).map_err(|error| vec![error.to_string().into()])
    }

    /// Whether an instance fits into the limits of an entry. Of a file's entries with the same
    /// limits one is told.
    fn check_limits(&mut self, entry: &config::Application, instance: &InstancePre<State>) -> bool {
        let Err(error) = instance.check_limits(&store_limits(&entry.limits)) else { return true };
        let found = (entry.file_path.get_ref().clone(), entry.limits.clone());
        if !self.too_large.contains(&found) {
            self.too_large.push(found);
            let remedy = "raise `memory` or `table_elements`, in [limits] or in the application's \
                          `limits`";
            let problem = Problem { message: error.to_string(), remedy: Some(remedy.to_owned()) };
            self.refuse("file_path", entry.file_path.span(), problem);
        }
        false
    }

    fn refuse(&mut self, key: &str, span: Range<usize>, problem: Problem) {
        let Problem { message, remedy } = problem;
        self.errors.push(self.settings.error(key, span, message, remedy));
    }
}

/// Why a name is no function that can answer a request.
fn problem_of(module: &Module, function: &str) -> Option<Problem> {
    let handler = |ty: &ExternType| match ty {
        ExternType::Func(ty) => ty.params.is_empty() && ty.results.is_empty(),
        ExternType::Table(_) | ExternType::Memory(_) | ExternType::Global(_) => false,
        ExternType::Tag(_) => false,
    };
    match module.export(function) {
        Some(ty) if handler(&ty) => None,
        Some(other) => Some(Problem {
            message: format!("`{function}` is {other}, and has to be func [] -> []"),
            remedy: Some(
                "a handler takes nothing and gives nothing: it asks the host for the request, and \
                 tells it the response"
                    .to_owned(),
            ),
        }),
        None => {
            let exports = module.exports().filter(|(_, ty)| matches!(ty, ExternType::Func(_)));
            let names: Vec<_> = exports.map(|(name, _)| name).collect();
            let message = format!("the module has no export `{function}`");
            Some(Problem { message, remedy: Some(other_function(function, &names)) })
        }
    }
}

/// Functions that are named in a message; there may be thousands.
const NAMED: usize = 10;

/// What to write in place of a function that isn't there, or how to have it exported.
fn other_function(function: &str, names: &[&str]) -> String {
    let quoted = |name: &str| format!("`{}`", printable::escape(name.as_bytes()));
    if let Some(near) = nearest(function, names.iter().copied()) {
        return format!("did you mean {}?", quoted(near));
    }
    let rest = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    match names {
        [] => format!(
            "it exports no function at all; export it: in Rust with `#[no_mangle] pub extern \
             \"C\" fn {function}()` and crate-type `cdylib`, in C with \
             `__attribute__((export_name(\"{function}\")))`, in Zig and AssemblyScript with \
             `export`"
        ),
        [only] => format!("its only function is {}", quoted(only)),
        _ => {
            let named: Vec<_> = names.iter().take(NAMED).map(|name| quoted(name)).collect();
            format!("its functions are {}{rest}", named.join(", "))
        }
    }
}
