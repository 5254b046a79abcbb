//! The command `serverless-wasm`: everything it does is in [`serverless_wasm::cli`].

fn main() -> std::process::ExitCode {
    serverless_wasm::cli::run(std::env::args_os())
}
