import OutputPatterns
import Testing

/// Lines as the libraries print them, and what is read of them without any pattern.
struct RealLineTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let output: String
    let rows: [String]
    var testDescription: String { String(output.prefix(60)) }

    init(_ output: String, _ rows: String...) { (self.output, self.rows) = (output, rows) }
  }

  static let loops: [Case] = [
    Case("Epoch 3/10, loss: 0.5, acc: 0.93", "loss 3 0.5", "acc 3 0.93"),
    Case("Epoch: 1 | Train Loss: 0.512 | Train Acc: 81.30% | Val. Loss: 0.4", "train_loss 1 0.512", "train_acc 1 81.3", "val_loss 1 0.4"),
    Case("epoch=7 loss=0.25 lr=1e-05", "loss 7 0.25", "lr 7 1e-05"),
    Case("Epoch 00012 loss -1.5", "loss 12 -1.5"),
    Case("epoch 1 loss 0.5 acc 93.1%", "loss 1 0.5", "acc 1 93.1"),
    Case("epoch 1 loss 0.5 accuracy 97/100", "loss 1 0.5", "accuracy 1 0.97"),
    Case("[3/10] loss=0.3", "loss 3 0.3"),
    Case("Epoch [1/5], Step [100/600], Loss: 0.3456", "loss 100 0.3456"),
    Case(
      "Epoch [1/5], Step [600/600], Loss: 0.5\nEpoch [2/5], Step [100/600], Loss: 0.4\nEpoch [3/5], Step [100/600], Loss: 0.3",
      "loss 600 0.5", "loss 700 0.4", "loss 1300 0.3"),
    Case(
      "Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.134505\n\nTest set: Average loss: 0.0458, Accuracy: 9849/10000 (98%)\n",
      "train_loss 640 2.134505", "test_average_loss 1 0.0458", "test_accuracy 1 0.9849"),
    Case("[1,  2000] loss: 2.202\n[1,  4000] loss: 1.9\n[2,  2000] loss: 1.5", "loss 2000 2.202", "loss 4000 1.9", "loss 6000 1.5"),
    Case(
      "Epoch 0/24\n----------\ntrain Loss: 0.5970 Acc: 0.6926\nval Loss: 0.2 Acc: 0.9\n",
      "train_loss 0 0.597", "train_acc 0 0.6926", "val_loss 0 0.2", "val_acc 0 0.9"),
    Case("Test Error: \n Accuracy: 71.3%, Avg loss: 0.780123 \n", "accuracy 0 71.3", "avg_loss 0 0.780123"),
    Case(
      "Epoch: [0][  10/5005]\tTime  0.312 ( 0.600)\tData  0.000 ( 0.273)\tLoss 6.9842e+00 (7.0001e+00)\tAcc@1   0.00 (  0.14)",
      "loss 10 6.9842", "acc@1 10 0.0"),
    Case("iter 10: loss 2.3000, time 25.30ms, mfu 12.30%", "loss 10 2.3"),
    Case("step 250: train loss 1.9012, val loss 2.0", "train_loss 250 1.9012", "val_loss 250 2.0"),
    Case(
      "step   10/19560 | loss 7.3 (+1.2z)| norm 1.2 (+0.5z)| lr 6.0e-05 | 250.1 ms | 45.0% bf16 MFU | 2097152 tok/s", "loss 10 7.3",
      "norm 10 1.2", "lr 10 6e-05"),
    Case("[0/5][0/1583]\tLoss_D: 1.8\tLoss_G: 5.0\tD(x): 0.5\tD(G(z)): 0.6 / 0.2", "loss_d 0 1.8", "loss_g 0 5.0"),
    Case(
      "epoch 001:     10 / 1000 loss=5.2, nll_loss=3.4, ppl=10.2, wps=1000, lr=0.0005, train_wall=5", "loss 10 5.2", "nll_loss 10 3.4",
      "ppl 10 10.2", "lr 10 0.0005"),
    Case(
      "[01/01 12:00:00 d2.utils.events]:  eta: 0:10:00  iter: 19  total_loss: 1.5  time: 0.5  data_time: 0.01  lr: 0.0001  max_mem: 3000M",
      "total_loss 19 1.5", "lr 19 0.0001"),
    Case("Epoch(train) [1][100/1875]  lr: 0.01  eta: 0:10:23  time: 0.3  memory: 2000  loss: 0.3", "lr 100 0.01", "loss 100 0.3"),
    Case("2024-01-01 12:00:00,123 - INFO - epoch 3 loss: 0.5", "loss 3 0.5"),
    Case("INFO:root:Iteration 30 of 100, loss=0.5", "loss 30 0.5"),
    Case("loss: tensor(0.6931, grad_fn=<NllLossBackward0>)", "loss 0 0.6931"),
    Case("epoch 2 train: loss=0.5 val: loss=0.4", "train_loss 2 0.5", "val_loss 2 0.4"),
    Case("Epoch 4: Generator loss: 0.5, Discriminator loss: 0.6", "generator_loss 4 0.5", "discriminator_loss 4 0.6"),
    Case("Epoch 1 Learning rate: 0.001, gradient norm = 2.5", "learning_rate 1 0.001", "gradient_norm 1 2.5"),
    Case("Epoch 1 loss: nan\nEpoch 2 loss: -inf", "loss 1 nan", "loss 2 -inf"),
    Case("{\"step\": 20, \"loss\": 0.5, \"psnr\": 31}", "loss 20 0.5", "psnr 20 31.0"),
    Case("psnr: 31.2\npsnr: 31.4", "psnr 0 31.2", "psnr 1 31.4"),
    Case("loss 0.5\r\nloss 0.25\r\n", "loss 0 0.5", "loss 1 0.25"),
  ]

  static let libraries: [Case] = [
    // Hugging Face: a dictionary a line; newer ones print the numbers as texts.  A fraction of an epoch is no step.
    Case(
      """
      {'loss': 1.698, 'grad_norm': 2.676, 'learning_rate': 4.5e-05, 'epoch': 0.4}
      {'loss': '1.805', 'grad_norm': '3.175', 'learning_rate': '1.8e-05', 'epoch': '2'}
      {'eval_loss': '1.725', 'eval_runtime': '0.0137', 'eval_samples_per_second': '1.167e+04', 'eval_steps_per_second': '1458', 'epoch': '2'}
      {'train_runtime': 0.1762, 'train_samples_per_second': 2725.1, 'train_steps_per_second': 170.3, 'train_loss': 1.726, 'epoch': 3.0}
      """,
      "loss 0 1.698", "grad_norm 0 2.676", "learning_rate 0 4.5e-05", "epoch 0 0.4", "loss 1 1.805", "grad_norm 1 3.175",
      "learning_rate 1 1.8e-05", "epoch 1 2.0", "eval_loss 2 1.725", "train_loss 3 1.726"),
    Case("{'loss': 0.5, 'epoch': 1.0}", "loss 1 0.5"),
    Case("[0]\ttrain-logloss:0.46\teval-logloss:0.48", "train-logloss 0 0.46", "eval-logloss 0 0.48"),
    Case("[3]\ttrain-rmse:0.5+0.01\ttest-rmse:0.6+0.02", "train-rmse 3 0.5", "test-rmse 3 0.6"),
    Case(
      """
      [LightGBM] [Info] Number of positive: 203, number of negative: 197
      [LightGBM] [Info] [binary:BoostFromScore]: pavg=0.507500 -> initscore=0.030002
      [LightGBM] [Info] Start training from score 0.030002
      [LightGBM] [Warning] No further splits with positive gain, best gain: -inf
      [8]\ttraining's binary_logloss: 0.400027\tvalid_1's auc: 0.941297
      Did not meet early stopping. Best iteration is:
      [8]\ttraining's binary_logloss: 0.400027\tvalid_1's auc: 0.941297
      """, "training_binary_logloss 8 0.400027", "valid_1_auc 8 0.941297"),
    Case(
      "0:\tlearn: 0.6931\ttest: 0.6920\tbest: 0.6920 (0)\ttotal: 56ms\tremaining: 5.1s", "learn 0 0.6931", "test 0 0.692", "best 0 0.692"),
    // scikit-learn's verbose.
    Case("Iteration 1, loss = 0.70779999\nValidation score: 0.600000", "loss 1 0.70779999", "validation_score 1 0.6"),
    Case(
      "-- Epoch 2\nNorm: 69.55, NNZs: 5, Bias: -63.98, T: 600, Avg. loss: 0.655875, Objective: 0.8\nTotal training time: 0.00 seconds.",
      "norm 2 69.55", "bias 2 -63.98", "avg_loss 2 0.655875", "objective 2 0.8"),
    Case(
      """
            Iter       Train Loss      OOB Improve   Remaining Time\u{20}
               1           1.2338           0.0632            0.02s
               2           1.1700           0.1112            0.01s
      """, "train_loss 1 1.2338", "oob_improve 1 0.0632", "train_loss 2 1.17", "oob_improve 2 0.1112"),
    Case(
      "[1/3] 1 tree, 11 leaves, max depth = 6, train loss: 0.64157, val loss: 0.65826, in 0.817s", "train_loss 1 0.64157",
      "val_loss 1 0.65826"),
    Case("[CV 1/2] END .............................C=2.5;, score=0.940 total time=   0.0s", "score 0 0.94"),
    Case("[Parallel(n_jobs=1)]: Done  49 tasks      | elapsed:    0.1s\nbuilding tree 1 of 5"),
    Case("Iteration 0, inertia 163.1206143398377.", "inertia 0 163.1206143398377"),
    Case("    accuracy                           0.55       300\n   macro avg       0.28      0.50      0.35       300", "accuracy 0 0.55"),
    // Tables whose first column is the epoch: fastai, skorch.
    Case(
      "epoch     train_loss  valid_loss  accuracy  time    \n0         0.512       0.4         0.9       00:05\n", "train_loss 0 0.512",
      "valid_loss 0 0.4", "accuracy 0 0.9"),
    Case(
      "  epoch    train_loss    valid_acc     dur\n-------  ------------  -----------  ------\n      1        \u{1b}[36m0.6868\u{1b}[0m       \u{1b}[32m0.6000\u{1b}[0m  0.0536",
      "train_loss 1 0.6868", "valid_acc 1 0.6"),
    // Lightning's table of tests, plain and framed.
    Case("        test_acc            0.9711999893188477\n", "test_acc 0 0.9711999893188477"),
    Case("│         test_loss         │  4.0309301309682836e-24   │", "test_loss 0 4.0309301309682836e-24"),
  ]

  @Test("lines of training loops are read as one would read them", arguments: loops)
  func loop(line: Case) throws { #expect(try rows(line.output) == line.rows) }

  @Test("lines of libraries are read as one would read them", arguments: libraries)
  func library(line: Case) throws { #expect(try rows(line.output) == line.rows) }

  @Test("it makes no difference how the output is cut into parts", arguments: [1, 2, 3, 7, 64])
  func parts(chunk: Int) throws {
    for line in Self.loops + Self.libraries { #expect(try rows(line.output, chunk: chunk) == line.rows) }
  }
}
