package io.github.djlnorm.internal.kernel;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.internal.Refusal;
import java.util.List;

/**
 * The mean and biased variance of each channel over all instances and positions of a batch, or of a
 * part of it, of shape (C) and part of autograd.
 *
 * @param count how many values of each channel they are those of
 * @param mean the mean, zero of no values
 * @param variance the variance, zero of no values
 */
public record BatchStatistics(long count, NDArray mean, NDArray variance) {

    static BatchStatistics of(NDArray x, Kernel kernel) {
        Shape channels = new Shape(x.getShape().get(1));
        if (x.size() == 0) {
            NDManager manager = x.getManager();
            return new BatchStatistics(0, manager.zeros(channels), manager.zeros(channels));
        }
        NDList moments = kernel.meanAndVariance(x);
        return new BatchStatistics(x.size() / channels.size(), moments.get(0), moments.get(1));
    }

    /**
     * Makes the statistics of a batch of those of its parts.
     *
     * @param parts the parts, on any devices
     * @return the whole, on the device of one of them
     * @throws IllegalArgumentException if there is just one value of each channel
     * @see <a href="http://i.stanford.edu/pub/cstr/reports/cs/tr/79/773/CS-TR-79-773.pdf">Chan,
     *     Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample
     *     Variances, 1979</a>
     */
    public static BatchStatistics together(List<BatchStatistics> parts) {
        List<BatchStatistics> filled = parts.stream().filter(part -> part.count > 0).toList();
        return filled.isEmpty() ? parts.get(0) : togetherFilled(filled);
    }

    private static BatchStatistics togetherFilled(List<BatchStatistics> parts) {
        long count = parts.stream().mapToLong(BatchStatistics::count).sum();
        if (count == 1) {
            throw Refusal.of(
                    "the statistics need more than one value per channel",
                    "2 or more values in the whole batch",
                    "1 value per channel",
                    "use a larger batch, or no normalization at this place");
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        Device device = parts.get(0).mean.getDevice();
        NDArray weights = weights(parts, count);
        NDArray means = stack(parts.stream().map(BatchStatistics::mean).toList(), device);
        NDArray variances = stack(parts.stream().map(BatchStatistics::variance).toList(), device);
        int[] axis = {0};
        NDArray mean = means.mul(weights).sum(axis);
        NDArray variance = variances.add(means.sub(mean).square()).mul(weights).sum(axis);
        return new BatchStatistics(count, mean, variance);
    }

    /** Each part's share of the values, in memory of the engine, which autograd may keep. */
    private static NDArray weights(List<BatchStatistics> parts, long count) {
        NDArray mean = parts.get(0).mean;
        double[] counts = parts.stream().mapToDouble(BatchStatistics::count).toArray();
        return mean.getManager()
                .create(counts, new Shape(counts.length, 1))
                .div((double) count)
                .toType(mean.getDataType(), false);
    }

    private static NDArray stack(List<NDArray> arrays, Device device) {
        return NDArrays.stack(
                new NDList(arrays.stream().map(array -> array.toDevice(device, false)).toList()));
    }

    /**
     * Moves running statistics towards these, unless they are those of no values.
     *
     * @param running the running statistics
     */
    public void move(RunningStatistics running) {
        if (count > 0) {
            Device device = running.mean().getDevice();
            running.moveTowards(
                    mean.stopGradient().toDevice(device, false),
                    variance.stopGradient().toDevice(device, false),
                    count);
        }
    }

    /**
     * Makes arrays that another thread may use and close.
     *
     * @param other what the other thread has on its device
     * @return the same statistics, which belong to no scope yet
     */
    public BatchStatistics handedTo(BatchStatistics other) {
        return new BatchStatistics(
                count, handed(mean, other.mean), handed(variance, other.variance));
    }

    private static NDArray handed(NDArray array, NDArray other) {
        NDArray handed = array.toDevice(other.getDevice(), false).reshape(array.getShape());
        handed.attach(other.getManager());
        NDScope.unregister(handed);
        return handed;
    }

    /** Lets the thread's scope close the arrays. */
    BatchStatistics received() {
        NDScope.register(mean);
        NDScope.register(variance);
        return this;
    }
}
