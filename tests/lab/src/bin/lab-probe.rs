//! One end of the calibration: `send ADDRESS COUNT BYTES GAP_US` or `receive ADDRESS`, run inside a host of the lab.

use ahoy_lab::probe;
use anyhow::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["send", to, count, bytes, gap] => probe::send(to.parse()?, count.parse()?, bytes.parse()?, gap.parse()?),
        ["receive", at] => probe::receive(at.parse()?, &mut std::io::stdout().lock()),
        other => bail!("unknown arguments {other:?}"),
    }
}
