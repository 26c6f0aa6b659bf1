"""A probability from a saved model, as a PyTorch user asks for it: python predict.py model.pt -1 1"""

import sys

import torch


class NeuralNet(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.linear_1 = torch.nn.Linear(input_size, hidden_size)
        self.linear_2 = torch.nn.Linear(hidden_size, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear_2(torch.relu(self.linear_1(x))))


model = NeuralNet(2, 5)
model.load_state_dict(torch.load(sys.argv[1]))
model.eval()
with torch.no_grad():
    print(model(torch.tensor([[float(sys.argv[2]), float(sys.argv[3])]])).item())
