"""The tutorial's training as one script that knows nothing of the registry: four blobs, two classes, 2,000 epochs, model.pt.

    tutorial.py [--seed SEED] [--lr RATE] [--hidden SIZE] [--epochs COUNT]
"""

import argparse

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

    def forward(self, points):
        return self.sigmoid(self.linear_2(self.relu(self.linear_1(points))))


def blobs(samples):
    """Points around four centers; those of the first two are label 0, the others label 1."""
    points, labels = make_blobs(n_samples=samples, n_features=2, centers=[[1, 1], [-1, -1], [1, -1], [-1, 1]], cluster_std=0.3)
    return torch.FloatTensor(points), torch.FloatTensor((labels >= 2).astype(float))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lr", type=float, default=0.03)
    parser.add_argument("--hidden", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=2000)
    options = parser.parse_args()
    numpy.random.seed(options.seed)
    torch.manual_seed(options.seed)

    x_train, y_train = blobs(80)
    x_test, y_test = blobs(20)
    print(x_train.shape)
    model = NeuralNet(2, options.hidden)
    criterion = torch.nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=options.lr)

    model.eval()
    test_loss_before = criterion(model(x_test).squeeze(), y_test)
    print('Before Training, test loss is {}'.format(test_loss_before.item()))

    for epoch in range(options.epochs):
        model.train()
        optimizer.zero_grad()
        train_loss = criterion(model(x_train).squeeze(), y_train)
        if epoch % 100 == 0:
            print('Train loss at {} is {}'.format(epoch, train_loss.item()))
        train_loss.backward()
        optimizer.step()

    model.eval()
    test_loss = criterion(torch.squeeze(model(x_test)), y_test)
    print('After Training, test loss is {}'.format(test_loss.item()))

    torch.save(model.state_dict(), './model.pt')
    print('state_dict format of the model: {}'.format(model.state_dict()))
    new_model = NeuralNet(2, options.hidden)
    new_model.load_state_dict(torch.load('./model.pt'))
    new_model.eval()
    print('벡터 [-1, 1]이 레이블 1을 가질 확률은 {}'.format(new_model(torch.FloatTensor([-1, 1])).item()))


if __name__ == "__main__":
    main()
