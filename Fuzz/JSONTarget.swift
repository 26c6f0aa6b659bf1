// libFuzzer's door to the JSON of lines and requests, compiled into the module JSONText by Scripts/fuzz.sh.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
  for takesNaN in [false, true] {
    guard let node = try? unsafe JSONReader.read(bytes, takingNaN: takesNaN) else { continue }
    // What is written of it is read as the same.
    let text = node.text
    let again = Array(text.utf8).withUnsafeBytes { try? unsafe JSONReader.read($0, takingNaN: takesNaN) }
    guard let again, again.text.utf8.elementsEqual(text.utf8) else { fatalError("'\(text)' comes back as '\(again?.text ?? "nothing")'") }
  }
  return 0
}
