package import RegistryStore
package import Testing

/// Expects an error of the store of a code.
@discardableResult
package func expect<T>(
  _ code: StoreError.Code, _ comment: @autoclosure () -> Comment? = nil, at location: SourceLocation = #_sourceLocation,
  _ body: () throws -> T
) -> StoreError? {
  let error = #expect(throws: StoreError.self, comment(), sourceLocation: location) { _ = try body() }
  if let error { #expect(error.code == code, comment(), sourceLocation: location) }
  return error
}
