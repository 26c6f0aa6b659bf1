"""The tutorial with MLflow: each epoch's loss logged as its quickstart does, the state_dict stored as an artifact, all in an SQLite store.

    mlflow_tutorial.py FOLDER
"""

import os
import sys

import mlflow
import torch
from tutorial import NeuralNet, make_data, train


def main(folder):
    os.chdir(folder)
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    x_train, y_train, x_test, y_test = make_data(0)
    model = NeuralNet(2, 5)
    criterion = torch.nn.BCELoss()
    with mlflow.start_run():
        mlflow.log_params({"hidden_size": 5, "learning_rate": 0.03, "epochs": 2000, "seed": 0})
        train(model, x_train, y_train, lambda epoch, loss: mlflow.log_metric("train_loss", loss, step=epoch), every=1)
        test_loss = criterion(model(x_test).squeeze(), y_test).item()
        mlflow.log_metric("test_loss", test_loss)
        torch.save(model.state_dict(), "model.pt")
        mlflow.log_artifact("model.pt")
    print(f"After Training, test loss is {test_loss}")


if __name__ == "__main__":
    main(sys.argv[1])
