package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.GroupScript.Convolution;
import io.github.djlnorm.GroupScript.Core;
import io.github.djlnorm.torch.Integers;
import io.github.djlnorm.torch.TorchFunction;
import java.util.Map;
import java.util.stream.LongStream;

/** libtorch's fused kernels, autograd included. */
final class TorchKernel implements Kernel {

    static final TorchKernel INSTANCE = new TorchKernel();

    private static final int WORTH_CHUNKS = 32 * 1024;

    /*
     * Where squares overflow, or their gradients, which are as much smaller, would be denormal,
     * values are multiplied by a power of two, which changes no digit of the result, to reach a
     * magnitude at which the cube of the deviation fits its type and epsilon is still negligible.
     * Asking for that on CUDA would make every call wait for the device.
     */
    private static final String OVERFLOW =
            GroupScript.COMMON
                    + """
            def fits(self, squares: Tensor) -> Tensor:
              return torch.log2(squares) < 2. * self.magnitude(squares)
            def overflows(self, squares: Tensor) -> bool:
              return not squares.is_cuda and squares.numel() > 0 and not bool(self.fits(torch.max(squares)))
            """;

    private static final String GIVEN_STATISTICS =
            GroupScript.COMMON
                    + """
            def forward(self, x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
              type = self.statistics_type(x)
              return torch.batch_norm(x, gamma.to(type), beta.to(type), mean.to(type), variance.to(type), False, 0., self.epsilon, False)
            """;

    /*
     * Invalid positions become zero before anything else, and their share of the gradient with
     * them, so what they hold is never seen. Values are centered twice: the first mean is rounded,
     * and what that cost is in the second. An instance without a valid position divides by one.
     */
    private static final String VALID =
            OVERFLOW
                    + """
            def moments(self, values: Tensor, invalid: Tensor, count: Tensor) -> Tuple[Tensor, Tensor]:
              mean = torch.sum(values.detach(), [2, 3], True) / count
              centered = torch.masked_fill(values - mean, invalid, 0.)
              rest = torch.sum(centered, [2, 3], True) / count
              centered = torch.masked_fill(centered - rest, invalid, 0.)
              return (centered, torch.sum(centered * centered, [2, 3], True) / count)
            def forward(self, x: Tensor, mask: Tensor, gamma: Tensor, beta: Tensor, integers: Tensor) -> Tensor:
              type = self.statistics_type(x)
              groups = integers.size(0)
              group_size = x.size(1) // groups
              positions = self.positions(x)
              invalid = (mask == 0).reshape([x.size(0), 1, 1, positions])
              values = x.to(type).reshape([x.size(0), groups, group_size, positions])
              values = torch.masked_fill(values, invalid, 0.)
              valid = torch.sum(torch.logical_not(invalid), [3], True) * group_size
              empty = (valid == 0).to(type)
              count = valid.to(type) + empty
              centered, variance = self.moments(values, invalid, count)
              if self.overflows(variance.detach()):
                largest = torch.amax(torch.abs(values.detach()), [2, 3], True)
                scale = torch.where(self.fits(variance), torch.ones_like(largest), self.shrink(largest))
                centered, variance = self.moments(values * scale, invalid, count)
              y = centered / torch.sqrt(variance + self.epsilon + empty)
              channels = [1, groups, group_size, 1]
              y = y * gamma.to(type).reshape(channels) + beta.to(type).reshape(channels)
              return torch.masked_fill(y, invalid, 0.).reshape(x.size()).to(x.dtype)
            """;

    private static final String ROOT_MEAN_SQUARE =
            OVERFLOW
                    + """
            def normalize(self, x: Tensor) -> Tensor:
              values = x.to(self.statistics_type(x))
              square = torch.mean(values * values, [1], True)
              if self.overflows(square.detach()):
                largest = torch.amax(torch.abs(values.detach()), [1], True)
                values = values * torch.where(self.fits(square), torch.ones_like(largest), self.shrink(largest))
                square = torch.mean(values * values, [1], True)
              return values / torch.sqrt(square + self.epsilon)
            """;

    private static final String ROOT_MEAN_SQUARE_OUTPUT =
            ROOT_MEAN_SQUARE
                    + """
            def forward(self, x: Tensor) -> Tensor:
              return self.normalize(x).to(x.dtype)
            """;

    private static final String SCALED_ROOT_MEAN_SQUARE_OUTPUT =
            ROOT_MEAN_SQUARE
                    + """
            def forward(self, x: Tensor, gamma: Tensor) -> Tensor:
              y = torch.transpose(self.normalize(x), 1, -1) * gamma.to(self.statistics_type(x))
              return torch.transpose(y, 1, -1).to(x.dtype)
            """;

    /* hypot is the root of a sum of squares that neither overflows nor underflows on the way. */
    private static final String MEAN_AND_DEVIATION =
            GroupScript.COMMON
                    + """
            def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
              values = torch.flatten(x, 2).to(self.statistics_type(x))
              deviation, mean = torch.std_mean(values, [2], False)
              return (mean, torch.hypot(deviation, torch.full_like(deviation, self.epsilon ** 0.5)))
            """;

    private TorchKernel() {}

    @Override
    public NDArray normalize(NDArray x, int numGroups, Step step) {
        return normalize(Core.GROUPS, x, numGroups, chunks(x, x.getShape(), numGroups, step), step);
    }

    @Override
    public NDArray normalizeRows(NDArray x, Step step) {
        return normalize(Core.ROWS, x, 1, 1, step); // the kernel of rows knows no chunks
    }

    private static NDArray normalize(Core core, NDArray x, int numGroups, int chunks, Step step) {
        return new Call(x)
                .with(step.affine())
                .with(Integers.of(numGroups, chunks))
                .run(
                        GroupScript.of(core, Convolution.NONE, x, x.getShape(), chunks, step),
                        constants(step.epsilon()));
    }

    /** Convolves, and normalizes each group of each instance of the result, of the given shape. */
    NDArray normalize(NDArray x, Convolved convolved, Shape output, int numGroups, Step step) {
        boolean bias = convolved.bias() != null;
        Convolution convolution = bias ? Convolution.WITH_BIAS : Convolution.PLAIN;
        int chunks = chunks(x, output, numGroups, step);
        LongStream numbers = LongStream.of(numGroups, chunks);
        return new Call(x)
                .with(convolved.weight())
                .with(bias, convolved.bias())
                .with(step.affine())
                .with(Integers.of(LongStream.concat(numbers, convolved.integers()).toArray()))
                .run(
                        GroupScript.of(Core.GROUPS, convolution, x, output, chunks, step),
                        constants(step.epsilon()));
    }

    @Override
    public NDArray normalizeChannels(NDArray x, Step step, RunningStatistics running) {
        Shape shape = x.getShape();
        int channels = Math.toIntExact(shape.get(1));
        if (shape.size() == 0) {
            return normalize(x, channels, step);
        }
        int chunks = chunks(x, shape, channels, step);
        return new Call(x)
                .with(step.affine())
                .with(running.mean())
                .with(running.variance())
                .with(Integers.of(channels, chunks))
                .run(
                        GroupScript.of(
                                Core.TRACKED_CHANNELS, Convolution.NONE, x, shape, chunks, step),
                        Map.of(
                                "epsilon",
                                (double) step.epsilon(),
                                "momentum",
                                (double) running.momentum()));
    }

    @Override
    public NDArray normalizeValid(
            NDArray x, NDArray mask, int numGroups, Affine affine, float epsilon) {
        return TorchFunction.of(VALID, constants(epsilon))
                .call(x, mask, affine.gamma(), affine.beta(), Integers.of(numGroups))
                .get(0);
    }

    @Override
    public NDArray normalizeWith(
            NDArray x, NDArray mean, NDArray variance, Affine affine, float epsilon) {
        return TorchFunction.of(GIVEN_STATISTICS, constants(epsilon))
                .call(x, mean, variance, affine.gamma(), affine.beta())
                .get(0);
    }

    @Override
    public NDArray normalizeByRootMeanSquare(NDArray x, NDArray gamma, float epsilon) {
        return gamma == null
                ? TorchFunction.of(ROOT_MEAN_SQUARE_OUTPUT, constants(epsilon)).call(x).get(0)
                : TorchFunction.of(SCALED_ROOT_MEAN_SQUARE_OUTPUT, constants(epsilon))
                        .call(x, gamma)
                        .get(0);
    }

    @Override
    public NDList meanAndDeviation(NDArray x, float epsilon) {
        return TorchFunction.of(MEAN_AND_DEVIATION, constants(epsilon)).call(x);
    }

    /**
     * Into how many chunks to divide each group of values of the given shape: 1 where there are
     * enough groups, too little to do, or no way to put the chunks' statistics together exactly.
     */
    private static int chunks(NDArray input, Shape shape, int numGroups, Step step) {
        boolean exact = input.getDataType() != DataType.FLOAT16 && step.epsilon() > 0;
        if (shape.size() < WORTH_CHUNKS || !exact || input.getDevice().isGpu()) {
            return 1;
        }
        return Chunks.count(shape, numGroups, TorchFunction.numThreads());
    }

    private static Map<String, Object> constants(float epsilon) {
        return Map.of("epsilon", (double) epsilon);
    }

    /** The arguments of a call, in the order of the script. */
    private static final class Call {

        private final NDList arguments;

        Call(NDArray x) {
            arguments = new NDList(x);
        }

        Call with(NDArray argument) {
            arguments.add(argument);
            return this;
        }

        Call with(boolean present, NDArray argument) {
            return present ? with(argument) : this;
        }

        Call with(Affine affine) {
            return with(affine.used(), affine.gamma()).with(affine.used(), affine.beta());
        }

        NDArray run(GroupScript script, Map<String, Object> constants) {
            return script.function(constants).call(arguments).get(0);
        }
    }
}
