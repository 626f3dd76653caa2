package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.torch.TorchFunction;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** libtorch's operators, autograd included, by the TorchScript functions of {@link TorchSource}. */
final class TorchKernel implements Kernel {

    static final TorchKernel INSTANCE = new TorchKernel(Map.of());

    private final Map<String, Object> constants;

    /** A kernel with functions of its own, if it has constants of its own. */
    TorchKernel(Map<String, Object> constants) {
        this.constants = constants;
    }

    @Override
    public NDArray normalizeGroups(NDArray x, int numGroups, double epsilon, Epilogue epilogue) {
        return call(TorchSource.GROUPS, numGroups, epsilon, epilogue, x).get(0);
    }

    @Override
    public NDArray normalizeRows(NDArray x, double epsilon, Epilogue epilogue) {
        return call(TorchSource.ROWS, 1, epsilon, epilogue, x).get(0);
    }

    @Override
    public NDArray normalizeValid(
            NDArray x, NDArray mask, int numGroups, double epsilon, Epilogue epilogue) {
        return call(TorchSource.VALID, numGroups, epsilon, epilogue, x, mask).get(0);
    }

    @Override
    public NDList normalizeChannels(NDArray x, double epsilon, Epilogue epilogue) {
        int channels = Math.toIntExact(x.getShape().get(1));
        return call(TorchSource.CHANNELS, channels, epsilon, epilogue, x);
    }

    @Override
    public NDList meanAndVariance(NDArray x) {
        return call(TorchStatisticsSource.MEAN_AND_VARIANCE, 0, 0, Activation.NONE, x);
    }

    @Override
    public NDArray normalizeByConstants(
            NDArray x, NDArray mean, NDArray variance, double epsilon, Epilogue epilogue) {
        return call(TorchSource.CONSTANTS, 0, epsilon, epilogue, x, mean, variance).get(0);
    }

    @Override
    public NDArray normalizeByRootMeanSquare(NDArray x, NDArray gamma, double epsilon) {
        NDArray scale = gamma == null ? Absent.PARAMETER : gamma;
        return call(TorchSource.ROOT_MEAN_SQUARE, 0, epsilon, Activation.NONE, x, scale).get(0);
    }

    @Override
    public NDList meanAndDeviation(NDArray x, double epsilon) {
        return call(TorchStatisticsSource.MEAN_AND_DEVIATION, 0, epsilon, Activation.NONE, x);
    }

    private NDList call(
            String source, int numGroups, double epsilon, Epilogue epilogue, NDArray... arguments) {
        NDArray gamma = epilogue.gamma();
        NDArray beta = epilogue.beta();
        NDList all = new NDList(arguments);
        all.add(gamma == null ? Absent.PARAMETER : gamma);
        all.add(beta == null ? Absent.PARAMETER : beta);
        return call(source, numGroups, epsilon, epilogue.activation(), all);
    }

    private NDList call(
            String source,
            int numGroups,
            double epsilon,
            Activation activation,
            NDArray... arguments) {
        return call(source, numGroups, epsilon, activation, new NDList(arguments));
    }

    private NDList call(
            String source, int numGroups, double epsilon, Activation activation, NDList arguments) {
        Settings settings = new Settings(numGroups, epsilon, activation);
        NDArray kept = settings.kept();
        if (kept != null) {
            arguments.add(kept);
            return TorchFunction.of(source, constants).call(arguments);
        }
        try (NDArray made = settings.newArray()) {
            arguments.add(made);
            return TorchFunction.of(source, constants).call(arguments);
        }
    }

    /** Made when the engine is there, and kept for the life of the process. */
    private static final class Absent {
        static final NDManager CPU = TorchFunction.newCpuManager();
        static final NDArray PARAMETER = lasting(CPU.create(new Shape(0)));

        private static NDArray lasting(NDArray array) {
            NDScope.unregister(array); // it outlives the scope it is made in
            return array;
        }
    }

    /**
     * What functions take last. The arrays of the first that a process uses are kept: to make one
     * takes a sixth of the training step of a layer on a small input.
     */
    private record Settings(int numGroups, double epsilon, Activation activation) {

        private static final int MOST_KEPT = 256;
        private static final Map<Settings, NDArray> KEPT = new ConcurrentHashMap<>();

        /** Returns an array that stays open; null if there are too many. */
        NDArray kept() {
            NDArray kept = KEPT.get(this);
            return kept != null || KEPT.size() >= MOST_KEPT
                    ? kept
                    : KEPT.computeIfAbsent(this, absent -> Absent.lasting(newArray()));
        }

        NDArray newArray() {
            double[] numbers = {numGroups, epsilon, activation.code()};
            return Absent.CPU.create(numbers);
        }
    }
}
