"""Torchrun for the ranks of one job: it ends with its parent, as torchrun itself would not.

    python -m se_cost.measure.session.launcher OPTIONS OF TORCHRUN

Nothing imports this module.
"""

from se_cost.measure.processes import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    from torch.distributed.run import main

    main()
