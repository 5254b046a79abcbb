//! Modules that are small for what they ask of whoever loads them. Each is about as large as it is
//! asked to be, and valid unless its row says otherwise.

/// A hostile module of any size.
pub(crate) struct Bomb {
    /// What it has much of.
    pub(crate) name: &'static str,
    /// Makes one of about so many bytes.
    pub(crate) of_size: fn(usize) -> Vec<u8>,
    /// Why it is refused, when it is: the begin of the message.
    pub(crate) refused: Option<&'static str>,
}

/// A module as innocent as any of its size: functions that add.
pub(crate) fn plain(size: usize) -> Vec<u8> {
    let body = [&b"\x20\x00"[..], &b"\x20\x01\x6A".repeat(40)].concat();
    let function = func_body(&[], &body);
    module_of_bodies(&[I32_I32_TO_I32], &vec![function; size / 130])
}

/// All of them.
pub(crate) const BOMBS: &[Bomb] = &[
    bomb("nested blocks", |size| {
        let depth = (size / 3).min(2_000_000);
        one_body(&[&b"\x02\x40".repeat(depth)[..], &b"\x0B".repeat(depth)].concat())
    }),
    bomb("nested blocks with a thousand parameters, unreachable", |size| {
        // Each pops a thousand operands that aren't there, and pushes them in itself.
        let depth = (size / 3).min(800);
        let body = [&b"\x00"[..], &b"\x02\x01".repeat(depth), &b"\x00\x0B".repeat(depth)].concat();
        let body = [&body[..], b"\x00"].concat();
        let copies = size / body.len();
        module_of_bodies(&[NOTHING, &thousand_to_thousand()], &vec![func_body(&[], &body); copies])
    }),
    Bomb {
        refused: Some("too many operands on the stack: "),
        ..bomb("calls with a thousand results", |size| {
            let body = [&b"\x10\x01".repeat(size / 2)[..], b"\x00"].concat();
            let bodies = [func_body(&[], &body), func_body(&[], b"\x00")];
            module(&[
                (1, vector(&[NOTHING, &nothing_to_thousand()])),
                (3, vec![2, 0, 1]),
                (10, vector(&bodies)),
            ])
        })
    },
    bomb("labels of a br_table", |size| {
        let count = size.min(7_000_000);
        one_body(&[&b"\x41\x00\x0E"[..], &leb128(count), &vec![0; count + 1]].concat())
    }),
    bomb("labels of a br_table with a thousand operands", |size| {
        let table = [&b"\x00\x0E"[..], &leb128(size), &vec![0; size + 1]].concat();
        let body = [&b"\x02\x01"[..], &table, b"\x0B\x00"].concat();
        module_of_bodies(&[NOTHING, &nothing_to_thousand()], &[func_body(&[], &body)])
    }),
    bomb("locals", |size| {
        let function = func_body(&[(50_000, 0x7F)], b"");
        let copies = size / (function.len() + 1);
        module_of_bodies(&[NOTHING], &vec![function; copies])
    }),
    bomb("runs of no locals", |size| {
        let runs = vec![(0, 0x7F); size / 2];
        module_of_bodies(&[NOTHING], &[func_body(&runs, b"")])
    }),
    bomb("types", |size| {
        let count = (size / 3).min(1_000_000);
        module(&[(1, vector(&vec![NOTHING; count]))])
    }),
    bomb("types in a recursion group", |size| {
        let count = (size / 4).min(1_000_000);
        let types = vector(&vec![&b"\x5F\x01\x6B\x00"[..]; count]);
        module(&[(1, [&b"\x01\x4E"[..], &types].concat())])
    }),
    bomb("recursion groups", |size| {
        let count = (size / 6).min(1_000_000);
        module(&[(1, vector(&vec![&b"\x4E\x01\x5F\x01\x7F\x00"[..]; count]))])
    }),
    bomb("recursion groups that differ in their end", |size| {
        let fields = b"\x7F\x00".repeat(30);
        let group = |index: usize| {
            let last: Vec<u8> =
                (0..17).flat_map(|bit| [0x7F - (index >> bit & 1) as u8, 0]).collect();
            [&b"\x5F"[..], &leb128(47), &fields, &last].concat()
        };
        module(&[(1, vector(&(0..size / 100).map(group).collect::<Vec<_>>()))])
    }),
    bomb("chains of subtypes", |size| {
        let count = (size / 6).min(900_000);
        let types: Vec<Vec<u8>> = (0..count)
            .map(|index| match index % 63 {
                0 => b"\x50\x00\x5F\x00".to_vec(),
                _ => [&b"\x50\x01"[..], &leb128(index - 1), b"\x5F\x00"].concat(),
            })
            .collect();
        module(&[(1, vector(&types))])
    }),
    Bomb {
        refused: Some("too many supertypes in a chain: "),
        ..bomb("one chain of subtypes", |size| {
            let types: Vec<Vec<u8>> = (0..size / 6)
                .map(|index| match index {
                    0 => b"\x50\x00\x5F\x00".to_vec(),
                    _ => [&b"\x50\x01"[..], &leb128(index - 1), b"\x5F\x00"].concat(),
                })
                .collect();
            module(&[(1, vector(&types))])
        })
    },
    bomb("names of exports", |size| {
        let exports: Vec<Vec<u8>> = (0..size / 90_000 + 1)
            .map(|index| {
                let name = [format!("{index:06}").as_bytes(), &vec![b'a'; 90_000]].concat();
                [&leb128(name.len())[..], &name, b"\x03\x00"].concat()
            })
            .collect();
        module(&[(6, b"\x01\x7F\x00\x41\x00\x0B".to_vec()), (7, vector(&exports))])
    }),
    bomb("short exports", |size| {
        let exports: Vec<Vec<u8>> = (0..(size / 9).min(900_000))
            .map(|index| [&b"\x06"[..], format!("{index:06}").as_bytes(), b"\x03\x00"].concat())
            .collect();
        module(&[(6, b"\x01\x7F\x00\x41\x00\x0B".to_vec()), (7, vector(&exports))])
    }),
    bomb("an initialiser of a global", |size| {
        let init = [&b"\x41\x00"[..], &b"\x41\x01\x6A".repeat(size / 3), b"\x0B"].concat();
        module(&[(6, [&b"\x01\x7F\x00"[..], &init].concat())])
    }),
    bomb("globals", |size| {
        let count = (size / 5).min(1_000_000);
        module(&[(6, vector(&vec![&b"\x7F\x00\x41\x00\x0B"[..]; count]))])
    }),
    bomb("elements of a segment", |size| {
        let items = vec![b"\x00"; size.min(9_000_000)];
        let segment = [&b"\x01\x01\x00"[..], &vector(&items)].concat();
        module(&[
            (1, vector(&[NOTHING])),
            (3, vec![1, 0]),
            (9, segment),
            (10, vector(&[func_body(&[], b"")])),
        ])
    }),
    bomb("expressions of a segment", |size| {
        let items = vec![b"\xD0\x70\x0B"; (size / 3).min(3_000_000)];
        module(&[(9, [&b"\x01\x05\x70"[..], &vector(&items)].concat())])
    }),
    bomb("operands of array.new_fixed, unreachable", |size| {
        let new = [&b"\xFB\x08\x01"[..], &leb128(10_000), b"\x1A"].concat();
        let body = [&b"\x00"[..], &new.repeat(size / new.len())].concat();
        module_of_bodies(&[NOTHING, b"\x5E\x7F\x00"], &[func_body(&[], &body)])
    }),
    bomb("empty functions", |size| {
        module_of_bodies(&[NOTHING], &vec![func_body(&[], b""); (size / 4).min(1_000_000)])
    }),
    bomb("empty custom sections", |size| module(&vec![(0, vec![0]); size / 3])),
];

const fn bomb(name: &'static str, of_size: fn(usize) -> Vec<u8>) -> Bomb {
    Bomb { name, of_size, refused: None }
}

const NOTHING: &[u8] = b"\x60\x00\x00";
const I32_I32_TO_I32: &[u8] = b"\x60\x02\x7F\x7F\x01\x7F";

fn thousand_to_thousand() -> Vec<u8> {
    let thousand = vector(&[b"\x7F"; 1000]);
    [&b"\x60"[..], &thousand, &thousand].concat()
}

fn nothing_to_thousand() -> Vec<u8> {
    [&b"\x60\x00"[..], &vector(&[b"\x7F"; 1000])].concat()
}

/// A module of one function `[] -> []`.
fn one_body(instrs: &[u8]) -> Vec<u8> {
    module_of_bodies(&[NOTHING], &[func_body(&[], instrs)])
}

/// A module of functions that all have the first of these types.
fn module_of_bodies<T: AsRef<[u8]>>(types: &[T], bodies: &[Vec<u8>]) -> Vec<u8> {
    let funcs = vec![b"\x00"; bodies.len()];
    module(&[(1, vector(types)), (3, vector(&funcs)), (10, vector(bodies))])
}

/// A body with its size: runs of locals, instructions, `end`.
fn func_body(locals: &[(usize, u8)], instrs: &[u8]) -> Vec<u8> {
    let runs: Vec<Vec<u8>> =
        locals.iter().map(|&(count, ty)| [&leb128(count)[..], &[ty]].concat()).collect();
    let body = [&vector(&runs)[..], instrs, b"\x0B"].concat();
    [leb128(body.len()), body].concat()
}

/// The preamble and sections.
fn module(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, contents) in sections {
        bytes.push(*id);
        bytes.extend_from_slice(&leb128(contents.len()));
        bytes.extend_from_slice(contents);
    }
    bytes
}

/// How many there are, then each.
fn vector<T: AsRef<[u8]>>(items: &[T]) -> Vec<u8> {
    let mut bytes = leb128(items.len());
    for item in items {
        bytes.extend_from_slice(item.as_ref());
    }
    bytes
}

fn leb128(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}
