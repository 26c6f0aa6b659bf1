import OutputPatterns

/// What is found in a whole output, as `key step value`.
func rows(_ output: String, _ patterns: [String] = [], defaults: Bool? = nil, chunk: Int = 1 << 16) throws -> [String] {
  var reader = OutputReader(patterns: try patterns.map { try LinePattern($0) }, usesDefaults: defaults ?? patterns.isEmpty)
  let bytes = Array(output.utf8)
  var found: [Measurement] = []
  for start in stride(from: 0, to: bytes.count, by: chunk) { found += reader.read(bytes[start..<min(start + chunk, bytes.count)]) }
  return (found + reader.finish()).map { "\($0.key) \($0.step) \($0.value)" }
}
