//! Results: for people as lines, for programs as JSON.
//!
//! This file does not know how they were measured.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::payload::Faults;

/// One measured phase.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Phase {
    pub(crate) name: String,
    pub(crate) seconds: f64,
    pub(crate) deliveries: u64,
    pub(crate) deliveries_per_second: f64,
    pub(crate) cpu_us_per_delivery: Option<f64>,
    pub(crate) p50_us: u64,
    pub(crate) p95_us: u64,
    pub(crate) p99_us: u64,
    pub(crate) p999_us: u64,
    pub(crate) max_us: u64,
}

/// All there is to say about a run.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) connections: usize,
    pub(crate) connect_seconds: f64,
    pub(crate) memory_kib_per_connection: Option<f64>,
    pub(crate) phases: Vec<Phase>,
    pub(crate) faults: Faults,
    pub(crate) dropped: u64,
    pub(crate) bytes_received: u64,
    pub(crate) server_cpu_seconds: Option<f64>,
    pub(crate) server_memory_mib: Option<f64>,
    pub(crate) notes: Vec<String>,
}

impl Phase {
    pub(crate) fn new(
        name: &str,
        took: Duration,
        deliveries: u64,
        cpu: Option<Duration>,
        latency: &Histogram<u64>,
    ) -> Self {
        let seconds = took.as_secs_f64();
        let us = |quantile: f64| latency.value_at_quantile(quantile) / 1000;
        Phase {
            name: name.to_owned(),
            seconds,
            deliveries,
            deliveries_per_second: deliveries as f64 / seconds,
            cpu_us_per_delivery: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / deliveries.max(1) as f64),
            p50_us: us(0.5),
            p95_us: us(0.95),
            p99_us: us(0.99),
            p999_us: us(0.999),
            max_us: latency.max() / 1000,
        }
    }
}

impl Report {
    /// Prints it; true if nothing was lost, doubled, damaged or dropped.
    pub(crate) fn print(&self, json: bool) -> bool {
        let well = self.faults == Faults::default() && self.dropped == 0;
        if json {
            // Plain numbers and strings can always be written.
            println!("{}", serde_json::to_string(self).unwrap_or_default());
            return well;
        }
        println!("connections        {} in {:.2} s", self.connections, self.connect_seconds);
        if let Some(kib) = self.memory_kib_per_connection {
            println!("memory             {kib:.2} KiB for each");
        }
        for phase in &self.phases {
            print_phase(phase);
        }
        let Faults { lost, doubled, damaged } = self.faults;
        println!(
            "faults             {lost} lost, {doubled} doubled, {damaged} damaged, {} dropped",
            self.dropped
        );
        println!("received           {:.1} MB", self.bytes_received as f64 / 1e6);
        if let Some(cpu) = self.server_cpu_seconds {
            println!("server             {cpu:.2} s of CPU");
        }
        if let Some(memory) = self.server_memory_mib {
            println!("server memory      {memory:.1} MiB");
        }
        self.notes.iter().for_each(|note| println!("{note}"));
        well
    }
}

fn print_phase(phase: &Phase) {
    let cpu =
        phase.cpu_us_per_delivery.map_or(String::new(), |us| format!(", {us:.2} µs of CPU each"));
    println!(
        "{:<18} {} deliveries in {:.1} s: {:.0}/s{cpu}",
        phase.name, phase.deliveries, phase.seconds, phase.deliveries_per_second
    );
    println!(
        "  latency          p50 {} µs, p95 {} µs, p99 {} µs, p99.9 {} µs, max {} µs",
        phase.p50_us, phase.p95_us, phase.p99_us, phase.p999_us, phase.max_us
    );
}
