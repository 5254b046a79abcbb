//! From settings to a site: modules read, linked and checked, routes made. All errors are found,
//! each at the place of the configuration that asked for what is wrong.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, ConfigError, ConfigErrors, Settings};
use crate::host::{self, Environment, State};
use crate::interp::{Engine, ExternType, InstancePre, Linker, Module};

use super::application::{Application, Reports, store_limits};
use super::router::Router;
use super::site::Site;

impl Site {
    /// Loads the applications. `read` gives the module of a file, or says why it can't.
    ///
    /// # Errors
    /// All modules that can't be read or linked or need more than `[limits]` allows, and all
    /// functions that aren't there.
    pub fn load(
        settings: &Settings,
        engine: &Engine,
        read: impl Fn(&Path) -> Result<Module, String>,
    ) -> Result<Self, ConfigErrors> {
        let mut linker = Linker::new(engine);
        host::link(&mut linker).expect("a new linker has none of the names");
        let mut loader =
            Loader { settings, linker, read, modules: HashMap::new(), errors: Vec::new() };
        let mut router = Router::default();
        for entry in &settings.applications {
            if let Some(application) = loader.application(entry) {
                let (method, path) = (entry.method.get_ref(), entry.url_path.get_ref());
                if router.add(method, path, Box::new(application) as _).is_err() {
                    let problem = "another application has this method and path already";
                    loader.refuse("url_path", entry.url_path.span(), problem.into());
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

struct Loader<'a, R> {
    settings: &'a Settings,
    linker: Linker<State>,
    read: R,
    /// Each file once; `None` when its errors have been noted.
    modules: HashMap<PathBuf, Option<InstancePre<State>>>,
    errors: Vec<ConfigError>,
}

impl<R: Fn(&Path) -> Result<Module, String>> Loader<'_, R> {
    fn application(&mut self, entry: &config::Application) -> Option<Application> {
        let instance = self.module(entry)?;
        if let Some(problem) = problem_of(instance.module(), entry.function.get_ref()) {
            self.refuse("function", entry.function.span(), problem);
            return None;
        }
        let file = entry.file_path.get_ref();
        let file = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        let debug = self.settings.server.debug;
        Some(Application {
            name: format!("{file} {}", entry.function.get_ref()),
            route: format!("{} {}", entry.method.get_ref(), entry.url_path.get_ref()),
            function: entry.function.get_ref().clone(),
            instance,
            environment: Arc::new(Environment::new(entry.env.clone())),
            limits: self.settings.limits.clone(),
            reports: if debug { Reports::Client } else { Reports::Log },
        })
    }

    /// The module of an entry, ready to be instantiated.
    fn module(&mut self, entry: &config::Application) -> Option<InstancePre<State>> {
        let path = entry.file_path.get_ref();
        if let Some(loaded) = self.modules.get(path) {
            return loaded.clone();
        }
        let loaded = self.link(path).map_err(|problems| {
            for problem in problems {
                self.refuse("file_path", entry.file_path.span(), problem);
            }
        });
        let loaded = loaded.ok();
        self.modules.insert(path.clone(), loaded.clone());
        loaded
    }

    fn link(&self, path: &Path) -> Result<InstancePre<State>, Vec<String>> {
        let module = (self.read)(path).map_err(|problem| vec![problem])?;
        let unlinkable = self.linker.unlinkable(&module);
        if !unlinkable.is_empty() {
            return Err(unlinkable.iter().map(ToString::to_string).collect());
        }
        let instance =
            self.linker.instantiate_pre(&module).map_err(|error| vec![error.to_string()])?;
        let limits = store_limits(&self.settings.limits);
        instance.check_limits(&limits).map_err(|error| vec![error.to_string()])?;
        Ok(instance)
    }

    fn refuse(&mut self, key: &str, span: std::ops::Range<usize>, problem: String) {
        self.errors.push(self.settings.error(key, span, problem));
    }
}

/// Why a name is no function that can answer a request.
fn problem_of(module: &Module, function: &str) -> Option<String> {
    match module.export(function) {
        Some(ExternType::Func(ty)) if ty.params.is_empty() && ty.results.is_empty() => None,
        Some(other) => Some(format!("`{function}` is {other}, and has to be func [] -> []")),
        None => {
            let functions: Vec<_> = module
                .exports()
                .filter(|(_, ty)| matches!(ty, ExternType::Func(_)))
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            Some(match functions.as_slice() {
                [] => format!("the module has no export `{function}`, nor any other function"),
                _ => format!(
                    "the module has no export `{function}`; its functions are {}",
                    functions.join(", ")
                ),
            })
        }
    }
}
