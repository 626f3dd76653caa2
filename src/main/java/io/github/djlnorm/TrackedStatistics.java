package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.kernel.RunningStatistics;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;

/** A layer's running statistics: constants to autograd, which training moves. */
final class TrackedStatistics {

    private final Parameter mean;
    private final Parameter variance;
    private final double momentum;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    TrackedStatistics(ChannelNorm layer, float momentum) {
        mean = layer.addConstant("runningMean", Parameter.Type.RUNNING_MEAN);
        variance = layer.addConstant("runningVar", Parameter.Type.RUNNING_VAR);
        this.momentum = Decimal.of(momentum);
    }

    /** Whether what was chosen has the statistics in it. */
    boolean any(Predicate<Parameter> chosen) {
        return chosen.test(mean);
    }

    RunningStatistics inTraining(ParameterStore store, Device device) {
        return new RunningStatistics(
                Constants.value(mean, store, device, true),
                Constants.value(variance, store, device, true),
                momentum,
                lock.writeLock());
    }

    /** Uses mean and variance of one step, while another thread may train. */
    NDArray inEvaluation(ParameterStore store, Device device, BinaryOperator<NDArray> use) {
        lock.readLock().lock();
        try {
            return use.apply(
                    Constants.value(mean, store, device, false),
                    Constants.value(variance, store, device, false));
        } finally {
            lock.readLock().unlock();
        }
    }
}
