// What is measured inside one process: `InProcessBenchmark CASE REPETITIONS [FOLDER]` prints JSON with the seconds of each repetition.
// A first one, the warm-up, isn't counted.  `check` is what the peer's result is compared with before a time counts.

let arguments = CommandLine.arguments
guard arguments.count >= 3, let repetitions = Int(arguments[2]), repetitions > 0,
  let run = try benchmark(arguments[1], folder: arguments.count > 3 ? arguments[3] : ".")
else {
  print("usage: InProcessBenchmark CASE REPETITIONS [FOLDER]")
  throw UsageError()
}
_ = try run()
let results = try (0..<repetitions).map { _ in try run() }
print("{\"seconds\": \(results.map(\.seconds)), \"check\": \(results[0].check)}")

struct UsageError: Error {}
