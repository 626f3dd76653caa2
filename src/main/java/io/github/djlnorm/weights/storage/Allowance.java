package io.github.djlnorm.weights.storage;

/** What reading a file may take of memory, however little the file is: counted while it is read. */
public final class Allowance {

    private final long bytes;
    private long left;

    public Allowance(long bytes) {
        this.bytes = bytes;
        this.left = bytes;
    }

    /** Takes so much of it, and fails if that is not left. */
    public void take(long amount) throws MalformedWeightsException {
        left -= amount;
        if (left < 0) {
            throw new MalformedWeightsException(
                    "reading it would take more than %d MiB beside the tensors"
                            .formatted(bytes >> 20));
        }
    }

    /** Takes what a tensor's description needs. */
    public void takeTensor(int rank) throws MalformedWeightsException {
        take(512 + 3L * Long.BYTES * rank);
    }
}
