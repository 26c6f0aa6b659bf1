"""What is measured.  A case runs ours and, where there is one, the peer's on the same data, and checks that both say the same."""

from cases.listing import LISTING
from cases.predicting import PREDICTING
from cases.storing import STORING
from cases.training import TRAINING

CASES = [*TRAINING, *STORING, *PREDICTING, *LISTING]
