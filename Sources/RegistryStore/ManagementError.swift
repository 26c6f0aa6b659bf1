/// What can go wrong in moving aliases, tagging, renaming, deleting and restoring.  The program words these; see its `ErrorReport`.
public enum ManagementError: Error, Equatable {
  /// A text that is no time: see `Timestamp`.
  case illegalTimestamp(String)
  /// Two names in one command mean different models.
  case otherModel(alias: String, aliasModel: String, version: String, versionModel: String)
  /// What was looked up as an alias is a model.
  case modelForAlias(model: String)

  /// Every move of the alias has been undone.
  case nothingToRollBack(model: String, alias: String, path: String)
  /// Where the alias would go back to is deleted (`isRemoved`: gc has removed it for good).
  case rollbackTargetGone(model: String, alias: String, version: Int, isRemoved: Bool, path: String)

  case noSuchTag(title: String, key: String, known: [String], path: String)
  case modelNameTaken(name: String, path: String)

  /// Aliases point to the version.
  case aliased(model: String, version: Int, aliases: [String], path: String)
  /// gc has removed the version: there is nothing to restore.
  case versionRemoved(model: String, version: Int, path: String)
  case runHasVersions(run: Int, versions: [String], path: String)
}
