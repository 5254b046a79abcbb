//! Calls: of the host, of later functions, of any function with one less of depth; through tables
//! and references; in tail position.

use super::Ty;
use super::statement::{Goes, Writer};

/// A function to call: where, and its signature.
#[derive(Clone, Copy)]
struct Callee {
    place: Place,
    signature: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Host(usize),
    Func(usize),
}

impl Writer<'_, '_, '_> {
    fn callees(&self, fits: impl Fn(&[Ty]) -> bool) -> Vec<Callee> {
        let Self { shape, .. } = self;
        let hosts = shape.hosts.iter().enumerate();
        let hosts = hosts.map(|(at, ty)| Callee { place: Place::Host(at), signature: *ty });
        let funcs = shape.funcs.iter().enumerate();
        let funcs = funcs.map(|(at, ty)| Callee { place: Place::Func(at), signature: *ty });
        let all = hosts.chain(funcs);
        all.filter(|callee| fits(&shape.signatures[callee.signature].results)).collect()
    }

    /// Calls a function; its results are on the stack.
    pub(super) fn call_any(&mut self) -> Option<Vec<Ty>> {
        let callees = self.callees(|_| true);
        self.call_one_of(&callees)
    }

    /// Calls a function one of whose results is of this type.
    pub(super) fn call_giving(&mut self, ty: Ty) -> Option<Vec<Ty>> {
        let callees = self.callees(|results| results.contains(&ty));
        self.call_one_of(&callees)
    }

    fn call_one_of(&mut self, callees: &[Callee]) -> Option<Vec<Ty>> {
        if callees.is_empty() {
            return None;
        }
        let callee = self.choices.pick(callees);
        let results = self.shape.signatures[callee.signature].results.clone();
        match callee.place {
            Place::Host(at) => {
                self.expression(Ty::I32);
                self.rest_of_arguments(callee.signature);
                self.line(&format!("call $h{at}"));
            }
            Place::Func(at) if at > self.me() && self.choices.chance(60) => {
                self.line("local.get 0");
                self.rest_of_arguments(callee.signature);
                self.direct_or_ref("call", at, callee.signature);
            }
            Place::Func(at) => {
                let list: String = results.iter().map(|ty| format!(" {ty}")).collect();
                self.when_deep(&format!("if (result{list})"), &results);
                self.one_less();
                self.rest_of_arguments(callee.signature);
                self.any_way("call", at, callee.signature);
                self.else_();
                results.iter().for_each(|ty| self.leaf(*ty));
                self.close();
            }
        }
        Some(results)
    }

    /// Opens an `if` of a depth above zero.
    fn when_deep(&mut self, text: &str, results: &[Ty]) {
        self.line("local.get 0");
        self.line("i32.const 0");
        self.line("i32.gt_s");
        self.open(text, results, Goes::Forward);
    }

    fn one_less(&mut self) {
        self.line("local.get 0");
        self.line("i32.const 1");
        self.line("i32.sub");
    }

    fn rest_of_arguments(&mut self, signature: usize) {
        let params = self.shape.signatures[signature].params[1..].to_vec();
        params.iter().for_each(|ty| self.expression(*ty));
    }

    /// `what` is `call` or `return_call`.
    fn direct_or_ref(&mut self, what: &str, at: usize, signature: usize) {
        if self.choices.chance(20) {
            self.line(&format!("ref.func $f{at}"));
            return self.line(&format!("{what}_ref $t{signature}"));
        }
        self.line(&format!("{what} $f{at}"));
    }

    fn any_way(&mut self, what: &str, at: usize, signature: usize) {
        if self.choices.chance(60) {
            return self.direct_or_ref(what, at, signature);
        }
        let table = self.choices.below(self.shape.tables.len());
        let width = self.shape.tables[table];
        // Where the segment has put it, unless the table was written since.
        if table == 0 && !self.choices.chance(15) {
            self.line(&format!("{width}.const {}", at + 1));
        } else {
            self.element(table);
        }
        self.line(&format!("{what}_indirect $b{table} (type $t{signature})"));
    }

    /// Leaves the function by calling one with the same results.
    pub(super) fn tail_call(&mut self) {
        let mine = self.labels[0].types.clone();
        let callees = self.callees(|results| results == mine);
        let callee = self.choices.pick(&callees);
        self.when_deep("if", &[]);
        self.one_less();
        self.rest_of_arguments(callee.signature);
        match callee.place {
            Place::Host(at) => self.line(&format!("return_call $h{at}")),
            Place::Func(at) => self.any_way("return_call", at, callee.signature),
        }
        self.close();
    }
}
