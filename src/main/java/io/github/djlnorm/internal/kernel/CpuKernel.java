package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlnorm.torch.TorchTensor;

/**
 * The kernel of src/main/c: float32 in dense memory on the CPU, channels first or last, where
 * autograd records nothing. What it has no function for, or does not take, goes to {@link
 * TorchKernel}.
 */
final class CpuKernel implements Kernel {

    static final CpuKernel INSTANCE = new CpuKernel();

    private CpuKernel() {}

    /** Whether autograd would record a call, which it cannot. */
    static boolean isRecorded(NDArray x, Epilogue epilogue) {
        return CpuLibrary.isRecorded(
                TorchTensor.handle(x), handle(epilogue.gamma()), handle(epilogue.beta()));
    }

    @Override
    public NDArray normalizeGroups(NDArray x, int numGroups, double epsilon, Epilogue epilogue) {
        long y =
                CpuLibrary.normalizeGroups(
                        TorchTensor.handle(x),
                        handle(epilogue.gamma()),
                        handle(epilogue.beta()),
                        numGroups,
                        epsilon,
                        epilogue.activation().code(),
                        TorchTensor.numThreads());
        return y == 0
                ? TorchKernel.INSTANCE.normalizeGroups(x, numGroups, epsilon, epilogue)
                : TorchTensor.array(x.getManager(), y);
    }

    @Override
    public NDArray normalizeRows(NDArray x, double epsilon, Epilogue epilogue) {
        return normalizeGroups(x, 1, epsilon, epilogue);
    }

    @Override
    public NDArray normalizeByConstants(
            NDArray x, NDArray mean, NDArray variance, double epsilon, Epilogue epilogue) {
        long y =
                CpuLibrary.normalizeByConstants(
                        TorchTensor.handle(x),
                        handle(mean),
                        handle(variance),
                        handle(epilogue.gamma()),
                        handle(epilogue.beta()),
                        epsilon,
                        epilogue.activation().code(),
                        TorchTensor.numThreads());
        return y == 0
                ? TorchKernel.INSTANCE.normalizeByConstants(x, mean, variance, epsilon, epilogue)
                : TorchTensor.array(x.getManager(), y);
    }

    @Override
    public NDArray normalizeValid(
            NDArray x, NDArray mask, int numGroups, double epsilon, Epilogue epilogue) {
        return TorchKernel.INSTANCE.normalizeValid(x, mask, numGroups, epsilon, epilogue);
    }

    @Override
    public NDList normalizeChannels(NDArray x, double epsilon, Epilogue epilogue) {
        return TorchKernel.INSTANCE.normalizeChannels(x, epsilon, epilogue);
    }

    @Override
    public NDList meanAndVariance(NDArray x) {
        return TorchKernel.INSTANCE.meanAndVariance(x);
    }

    @Override
    public NDArray normalizeByRootMeanSquare(NDArray x, NDArray gamma, double epsilon) {
        return TorchKernel.INSTANCE.normalizeByRootMeanSquare(x, gamma, epsilon);
    }

    @Override
    public NDList meanAndDeviation(NDArray x, double epsilon) {
        return TorchKernel.INSTANCE.meanAndDeviation(x, epsilon);
    }

    private static long handle(NDArray parameter) {
        return parameter == null ? 0 : TorchTensor.handle(parameter);
    }
}
