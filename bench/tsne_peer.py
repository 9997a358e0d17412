#!/usr/bin/python3
"""Runs scikit-learn's Barnes-Hut t-SNE on a table of embeddings, as bench/tsne_bench runs Fovea's.

    bench/tsne_peer.py EMBEDDINGS.npy LAYOUT.npy [OTHER_LAYOUT.npy ...]

needs python3-sklearn (Debian). Writes scikit-learn's layout, prints the seconds it took and its KL(P || Q); then that
KL by scikit-learn's own function, at theta 0.2, for its layout and for the others, with one P for all. Give the written
layout to tsne_bench for the exact sums.
"""
import os
import resource
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy  # noqa: E402
from sklearn.manifold import TSNE, _t_sne  # noqa: E402
from sklearn.neighbors import NearestNeighbors  # noqa: E402

PERPLEXITY = 30


def joint_probabilities(table):
    """Returns P as scikit-learn's TSNE makes it."""
    neighbours = NearestNeighbors(n_neighbors=int(3 * PERPLEXITY + 1)).fit(table)
    distances = neighbours.kneighbors_graph(mode="distance")
    distances.data **= 2
    return _t_sne._joint_probabilities_nn(distances, PERPLEXITY, 0)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    table = numpy.load(sys.argv[1])
    begun = time.time()
    tsne = TSNE(perplexity=PERPLEXITY, init="pca", learning_rate="auto", random_state=0)
    layout = tsne.fit_transform(table)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    print(f"{table.shape[0]} x {table.shape[1]}, {os.environ['OMP_NUM_THREADS']} threads: {time.time() - begun:.2f} s, "
          f"processors {used:.2f} s, KL as scikit-learn measured it {tsne.kl_divergence_:.5f}")
    numpy.save(sys.argv[2], layout)
    p = joint_probabilities(table)
    for path in sys.argv[2:]:
        other = numpy.load(path).astype(numpy.float32)
        kl, _ = _t_sne._kl_divergence_bh(other.ravel(), p, 1, len(other), 2, angle=0.2, num_threads=2)
        print(f"  KL of {path} by scikit-learn {kl:.5f}")


if __name__ == "__main__":
    main()
