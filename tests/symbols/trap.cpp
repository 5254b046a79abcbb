// Divides by zero in a function that is inlined into one that is inlined. `main.rs` knows the
// lines. `clang++ --version` 14 made the modules, once for each X of 4 and 5:
//
//   clang++ --target=wasm32 -nostdlib -O1 -gdwarf-X -fdebug-compilation-dir=/src \
//     -Wl,--no-entry -o dwarf-X.wasm trap.cpp

namespace maths {

__attribute__((always_inline)) inline int divide(int dividend, int divisor) {
    return dividend / divisor;
}

__attribute__((always_inline)) inline int percent(int part, int whole) {
    int hundred = 100;
    return divide(hundred * part, whole);
}

__attribute__((noinline)) int share(int part, int whole) {
    return percent(part, whole) + 1;
}

} // namespace maths

extern "C" __attribute__((export_name("f"))) int f(int whole) {
    return maths::share(7, whole) * 2;
}
