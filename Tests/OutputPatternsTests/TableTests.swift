import OutputPatterns
import Testing

/// Tables whose columns a comma or a semicolon parts.
struct TableTests {
  @Test(
    "a table of commas or semicolons is read as one of blanks; an empty field is no value",
    arguments: [
      ("epoch,train_loss,val_loss\n1,0.5,0.75\n2,,1e-1\n", ["train_loss 1 0.5", "val_loss 1 0.75", "val_loss 2 0.1"]),
      ("iter; Val Loss; time\n 10; 0.5; 3.5\n 20; 0.25; 3.5\n", ["val_loss 10 0.5", "val_loss 20 0.25"]),
      ("epoch;loss\n1;0,5\n2;0.25\n", ["loss 2 0.25"]), ("epoch,loss\n1,2,3\nnone\n", []),
      ("Epoch, loss and accuracy are shown\nSee 3\n", []), ("epoch  loss\n1  0,5\n2  0.5\n", ["loss 2 0.5"]),
    ])
  func separated(output: String, found: [String]) throws { #expect(try rows(output) == found) }
}
