"""The tutorial as a PyTorch user writes it: data, 2,000 epochs, losses printed, weights saved to the file that is given."""

import sys

import numpy
import torch
from sklearn.datasets import make_blobs


class NeuralNet(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.linear_1 = torch.nn.Linear(input_size, hidden_size)
        self.relu = torch.nn.ReLU()
        self.linear_2 = torch.nn.Linear(hidden_size, 1)
        self.sigmoid = torch.nn.Sigmoid()

    def forward(self, x):
        return self.sigmoid(self.linear_2(self.relu(self.linear_1(x))))


def make_data(seed):
    """x_train, y_train, x_test, y_test: of four blobs, the first two are class 0."""
    numpy.random.seed(seed)
    torch.manual_seed(seed)
    centers = [[1, 1], [-1, -1], [1, -1], [-1, 1]]
    parts = []
    for samples in (80, 20):
        x, y = make_blobs(n_samples=samples, n_features=2, centers=centers, shuffle=True, cluster_std=0.3)
        parts += [torch.FloatTensor(x), torch.FloatTensor((y >= 2).astype(float))]
    return parts


def train(model, x, y, report, every=100):
    """2,000 epochs; reports the loss of each hundredth (or of every so many) and gives the last one's."""
    criterion = torch.nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03)
    for epoch in range(2000):
        model.train()
        optimizer.zero_grad()
        loss = criterion(model(x).squeeze(), y)
        if epoch % every == 0:
            report(epoch, loss.item())
        loss.backward()
        optimizer.step()
    return loss.item()


def main(path):
    x_train, y_train, x_test, y_test = make_data(0)
    model = NeuralNet(2, 5)
    criterion = torch.nn.BCELoss()
    print(f"Before Training, test loss is {criterion(model(x_test).squeeze(), y_test).item()}")
    train(model, x_train, y_train, lambda epoch, loss: print(f"Train loss at {epoch} is {loss}"))
    model.eval()
    print(f"After Training, test loss is {criterion(model(x_test).squeeze(), y_test).item()}")
    torch.save(model.state_dict(), path)


if __name__ == "__main__":
    main(sys.argv[1])
