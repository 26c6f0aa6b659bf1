import CSQLite

// The callbacks of sqlite3_module (sqlite.org/vtab.html), one for all functions: the table's context says which.  There is no
// xCreate, so the tables exist without CREATE VIRTUAL TABLE, and can't be created.

extension Connection {
  /// Adds a table-valued function; DIRECTONLY, as `createFunction` has it.
  public func createTableFunction(_ function: TableFunction) throws(SQLiteError) {
    let module = TableModule(function)
    module.callbacks.pointee.xConnect = { connection, context, _, _, table, _ in Self.connect(connection, context, table) }
    module.callbacks.pointee.xDisconnect = { table in
      UnsafeMutableRawPointer(table!).assumingMemoryBound(to: csqlite_table.self).deallocate()
      return SQLITE_OK
    }
    module.callbacks.pointee.xBestIndex = { table, plan in Self.plan(Self.module(table!).function, table!, plan!) }
    module.callbacks.pointee.xOpen = { _, cursor in
      let opened = UnsafeMutablePointer<csqlite_cursor>.allocate(capacity: 1)
      opened.initialize(to: csqlite_cursor())
      opened.pointee.state = Unmanaged.passRetained(TableCursor()).toOpaque()
      cursor!.pointee = UnsafeMutableRawPointer(opened).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
      return SQLITE_OK
    }
    module.callbacks.pointee.xClose = { cursor in
      let opened = UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: csqlite_cursor.self)
      Unmanaged<TableCursor>.fromOpaque(opened.pointee.state).release()
      opened.deallocate()
      return SQLITE_OK
    }
    module.callbacks.pointee.xFilter = { cursor, given, _, count, values in
      let table = cursor!.pointee.pVtab!
      let function = Self.module(table).function
      let state = Self.state(cursor!)
      return Self.guarding(table) {
        var values = UnsafeBufferPointer(start: values, count: Int(count)).makeIterator()
        state.arguments = function.parameters.indices.map { given & 1 << Int32($0) == 0 ? nil : values.next().map { Value(copying: $0) } }
        state.position = 0
        state.rows = try function.rows(state.arguments)
      }
    }
    module.callbacks.pointee.xNext = { cursor in
      Self.state(cursor!).position += 1
      return SQLITE_OK
    }
    module.callbacks.pointee.xEof = { cursor in
      let state = Self.state(cursor!)
      return state.position >= state.rows?.count ?? 0 ? 1 : 0
    }
    module.callbacks.pointee.xColumn = { cursor, context, column in
      let table = cursor!.pointee.pVtab!
      return Self.guarding(table) {
        try Self.state(cursor!).value(Int(column), of: Self.module(table).function).setResult(of: context)
      }
    }
    module.callbacks.pointee.xRowid = { cursor, row in
      row!.pointee = Int64(Self.state(cursor!).position)
      return SQLITE_OK
    }
    let code = sqlite3_create_module_v2(handle, function.name, module.callbacks, Unmanaged.passRetained(module).toOpaque()) {
      Unmanaged<TableModule>.fromOpaque($0!).release()
    }
    guard code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
    // Its columns are declared now: `guarded` would refuse to later.  What is missing in the call is no matter.
    var statement: OpaquePointer?
    sqlite3_prepare_v2(handle, "SELECT 1 FROM \(function.name)", -1, &statement, nil)
    sqlite3_finalize(statement)
  }

  private static func connect(
    _ connection: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
    _ table: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?
  ) -> Int32 {
    let module = Unmanaged<TableModule>.fromOpaque(context!).takeUnretainedValue()
    let code = sqlite3_declare_vtab(connection, module.function.declaration)
    guard code == SQLITE_OK else { return code }
    csqlite_direct_only(connection)
    let connected = UnsafeMutablePointer<csqlite_table>.allocate(capacity: 1)
    connected.initialize(to: csqlite_table())
    connected.pointee.context = context
    table!.pointee = UnsafeMutableRawPointer(connected).assumingMemoryBound(to: sqlite3_vtab.self)
    return SQLITE_OK
  }

  /// Every parameter that is given goes to xFilter; `idxNum` says which those are.
  private static func plan(
    _ function: TableFunction, _ table: UnsafeMutablePointer<sqlite3_vtab>, _ plan: UnsafeMutablePointer<sqlite3_index_info>
  ) -> Int32 {
    var constraints = [Int?](repeating: nil, count: function.parameters.count)
    for index in 0..<Int(plan.pointee.nConstraint) {
      let constraint = plan.pointee.aConstraint[index]
      let parameter = Int(constraint.iColumn) - function.columns.count
      guard parameter >= 0, constraint.op == UInt8(SQLITE_INDEX_CONSTRAINT_EQ) else { continue }
      // What it is called with isn't known yet in this order of the joins: another one is needed.
      guard constraint.usable != 0 else { return SQLITE_CONSTRAINT }
      constraints[parameter] = index
    }
    guard !constraints.prefix(function.required).contains(nil) else {
      return guarding(table) { throw TableFunctionUsage(function.usage) }
    }
    var count: Int32 = 0
    for (parameter, index) in constraints.enumerated() {
      guard let index else { continue }
      count += 1
      plan.pointee.aConstraintUsage[index].argvIndex = count
      plan.pointee.aConstraintUsage[index].omit = 1
      plan.pointee.idxNum |= 1 << Int32(parameter)
    }
    plan.pointee.estimatedCost = 1000
    plan.pointee.estimatedRows = 1000
    return SQLITE_OK
  }

  private static func module(_ table: UnsafeMutablePointer<sqlite3_vtab>) -> TableModule {
    let context = UnsafeMutableRawPointer(table).assumingMemoryBound(to: csqlite_table.self).pointee.context!
    return Unmanaged<TableModule>.fromOpaque(context).takeUnretainedValue()
  }

  private static func state(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>) -> TableCursor {
    let state = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: csqlite_cursor.self).pointee.state!
    return Unmanaged<TableCursor>.fromOpaque(state).takeUnretainedValue()
  }

  /// Gives an error's message to the statement.
  private static func guarding(_ table: UnsafeMutablePointer<sqlite3_vtab>, _ body: () throws -> Void) -> Int32 {
    do {
      try body()
      return SQLITE_OK
    } catch {
      sqlite3_free(table.pointee.zErrMsg)
      table.pointee.zErrMsg = csqlite_copy(error.sqlMessage)
      return SQLITE_ERROR
    }
  }
}

/// A table-valued function was called with too few arguments.
struct TableFunctionUsage: Error, CustomStringConvertible {
  let description: String

  init(_ usage: String) { description = "it is called as \(usage)" }
}
