package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlnorm.torch.TorchFunction;
import java.util.Map;

/** libtorch's fused kernels, autograd included. */
final class TorchKernel implements Kernel {

    static final TorchKernel INSTANCE = new TorchKernel();

    /*
     * Types by their number, as TorchScript archives have them: 6 is float32, 7 is float64. The
     * conversion is here because NDArray.toType cuts the gradient on this engine. Where squares
     * overflow, or their gradients, which are as much smaller, would be denormal, values are
     * multiplied by a power of two, which changes no digit of the result, to reach a magnitude at
     * which the cube of the deviation fits its type and epsilon is still negligible. Asking for
     * that on CUDA would make every call wait for the device.
     */
    private static final String COMMON =
            """
            def statistics_type(self, x: Tensor) -> int:
              if x.element_size() == 8:
                result = 7
              else:
                result = 6
              return result
            def positions(self, x: Tensor) -> int:
              result = 1
              for i in range(2, x.dim()):
                result = result * x.size(i)
              return result
            def magnitude(self, x: Tensor) -> float:
              if x.element_size() == 8:
                result = 200.
              else:
                result = 40.
              return result
            def fits(self, squares: Tensor) -> Tensor:
              return torch.log2(squares) < 2. * self.magnitude(squares)
            def overflows(self, squares: Tensor) -> bool:
              return not squares.is_cuda and squares.numel() > 0 and not bool(self.fits(torch.max(squares)))
            def shrink(self, largest: Tensor) -> Tensor:
              return torch.pow(2., torch.floor(self.magnitude(largest) - torch.log2(largest)))
            """;

    /* The size is the constant, so that one function serves any number of channels and instances. */
    private static final String GROUP_COUNT =
            """
            def groups(self, x: Tensor) -> int:
              return max(1, x.size(1) // self.group_size)
            """;

    /*
     * Why not torch.group_norm: it hides the statistics, and they tell where the float32 arithmetic
     * of the kernel fails. Where a mean is large beside its deviation, digits cancel, so the group
     * is centered first. Where the variance overflowed, it is scaled. Other groups stay as they are
     * to the last digit. On CUDA the statistics are not asked for, and the kernel takes only one
     * type. On a channels-last input the CPU kernel loses the variance altogether, so the input is
     * made contiguous. The statistics leave the graph: TorchScript's own autograd would send zeros
     * back through them, and zero times an overflowed deviation is not zero.
     */
    private static final String CARE =
            COMMON
                    + """
            def trusts(self, mean: Tensor, rstd: Tensor) -> bool:
              lowest, highest = torch.aminmax(mean * rstd)
              return float(torch.min(rstd)) > 0. and float(lowest) > -4. and float(highest) < 4.
            def careful(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int, mean: Tensor, rstd: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              by_group = x.to(mean.dtype).reshape(x.size(0), groups, -1)
              scale = torch.ones_like(rstd)
              center = mean
              if not bool(torch.min(rstd) > 0):
                largest = torch.amax(torch.abs(by_group.detach()), 2)
                scale = torch.where(rstd > 0, scale, self.shrink(largest))
                by_group = by_group * scale.unsqueeze(2)
                center = torch.where(rstd > 0, mean, torch.mean(by_group.detach(), 2))
              healthy = rstd * (4. - torch.abs(mean) * rstd) > 0
              shift = torch.where(healthy, torch.zeros_like(center), center)
              centered = (by_group - shift.unsqueeze(2)).reshape(x.size())
              y, mean1, rstd1 = self.kernel(centered, gamma, beta, groups)
              return (y, (mean1 + shift) / scale, rstd1 * scale)
            def normalize(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int) -> Tuple[Tensor, Tensor, Tensor]:
              x0 = x.contiguous()
              if x.is_cuda:
                x0 = x0.to(self.statistics_type(x))
              y, mean, rstd = self.kernel(x0, gamma, beta, groups)
              if x.is_cuda or x.numel() == 0 or self.trusts(mean, rstd):
                result = (y.to(x.dtype), mean, rstd)
              else:
                y1, mean1, rstd1 = self.careful(x0, gamma, beta, groups, mean, rstd)
                result = (y1.to(x.dtype), mean1, rstd1)
              return result
            """;

    private static final String GROUPS =
            CARE
                    + """
            def kernel(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int) -> Tuple[Tensor, Tensor, Tensor]:
              y, mean, rstd = torch.native_group_norm(x, gamma, beta, x.size(0), x.size(1), self.positions(x), groups, self.epsilon)
              return (y, mean.detach(), rstd.detach())
            """;

    /*
     * The same for the one group of a row, by a kernel that is several times as fast on those, but
     * sums the gradients of float32 parameters in float16 if the input has that type.
     */
    private static final String ROWS =
            CARE
                    + """
            def groups(self, x: Tensor) -> int:
              return 1
            def kernel(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int) -> Tuple[Tensor, Tensor, Tensor]:
              y, mean, rstd = torch.native_layer_norm(x.to(self.statistics_type(x)), [x.size(1)], gamma, beta, self.epsilon)
              return (y, mean.detach(), rstd.detach())
            """;

    /*
     * 1 / rstd^2 - epsilon is the variance for free, but where epsilon dominates the sum nothing of
     * the variance is left in it, and a second look at the data pays for exactness.
     */
    private static final String CHANNELS =
            GROUPS
                    + """
            def channels(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
              y, mean, rstd = self.normalize(x, gamma, beta, x.size(1))
              variance = torch.reciprocal(rstd * rstd) - self.epsilon
              if bool(torch.any(variance < self.epsilon)):
                values = x.detach().reshape(x.size(0), x.size(1), -1).to(mean.dtype)
                variance = torch.mean(torch.square(values - mean.unsqueeze(2)), [2])
              return (y, mean, variance)
            """;

    private static final String OUTPUT =
            """
            def forward(self, x: Tensor) -> Tensor:
              y, mean, rstd = self.normalize(x, None, None, self.groups(x))
              return y
            """;

    private static final String AFFINE_OUTPUT =
            """
            def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
              type = self.statistics_type(x)
              y, mean, rstd = self.normalize(x, gamma.to(type), beta.to(type), self.groups(x))
              return y
            """;

    private static final String OUTPUT_AND_STATISTICS =
            CHANNELS
                    + """
            def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              return self.channels(x, None, None)
            """;

    private static final String AFFINE_OUTPUT_AND_STATISTICS =
            CHANNELS
                    + """
            def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              type = self.statistics_type(x)
              return self.channels(x, gamma.to(type), beta.to(type))
            """;

    private static final String GIVEN_STATISTICS =
            COMMON
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
            COMMON
                    + GROUP_COUNT
                    + """
            def moments(self, values: Tensor, invalid: Tensor, count: Tensor) -> Tuple[Tensor, Tensor]:
              mean = torch.sum(values.detach(), [2, 3], True) / count
              centered = torch.masked_fill(values - mean, invalid, 0.)
              rest = torch.sum(centered, [2, 3], True) / count
              centered = torch.masked_fill(centered - rest, invalid, 0.)
              return (centered, torch.sum(centered * centered, [2, 3], True) / count)
            def forward(self, x: Tensor, mask: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
              type = self.statistics_type(x)
              groups = self.groups(x)
              positions = self.positions(x)
              invalid = (mask == 0).reshape([x.size(0), 1, 1, positions])
              values = x.to(type).reshape([x.size(0), groups, self.group_size, positions])
              values = torch.masked_fill(values, invalid, 0.)
              valid = torch.sum(torch.logical_not(invalid), [3], True) * self.group_size
              empty = (valid == 0).to(type)
              count = valid.to(type) + empty
              centered, variance = self.moments(values, invalid, count)
              if self.overflows(variance.detach()):
                largest = torch.amax(torch.abs(values.detach()), [2, 3], True)
                scale = torch.where(self.fits(variance), torch.ones_like(largest), self.shrink(largest))
                centered, variance = self.moments(values * scale, invalid, count)
              y = centered / torch.sqrt(variance + self.epsilon + empty)
              channels = [1, groups, self.group_size, 1]
              y = y * gamma.to(type).reshape(channels) + beta.to(type).reshape(channels)
              return torch.masked_fill(y, invalid, 0.).reshape(x.size()).to(x.dtype)
            """;

    private static final String ROOT_MEAN_SQUARE =
            COMMON
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
            COMMON
                    + """
            def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
              values = torch.flatten(x, 2).to(self.statistics_type(x))
              deviation, mean = torch.std_mean(values, [2], False)
              return (mean, torch.hypot(deviation, torch.full_like(deviation, self.epsilon ** 0.5)))
            """;

    private TorchKernel() {}

    @Override
    public NDArray normalize(NDArray x, int numGroups, Affine affine, float epsilon) {
        return normalize(GROUPS + GROUP_COUNT, grouped(x, numGroups, epsilon), x, affine);
    }

    @Override
    public NDArray normalizeRows(NDArray x, Affine affine, float epsilon) {
        return normalize(ROWS, constants(epsilon), x, affine);
    }

    private static NDArray normalize(
            String kernel, Map<String, Object> constants, NDArray x, Affine affine) {
        return call(kernel + AFFINE_OUTPUT, kernel + OUTPUT, constants, x, affine).get(0);
    }

    @Override
    public NDArray normalizeValid(
            NDArray x, NDArray mask, int numGroups, Affine affine, float epsilon) {
        return TorchFunction.of(VALID, grouped(x, numGroups, epsilon))
                .call(x, mask, affine.gamma(), affine.beta())
                .get(0);
    }

    @Override
    public NDList normalizeChannels(NDArray x, Affine affine, float epsilon) {
        return call(
                AFFINE_OUTPUT_AND_STATISTICS, OUTPUT_AND_STATISTICS, constants(epsilon), x, affine);
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

    private static NDList call(
            String with, String without, Map<String, Object> constants, NDArray x, Affine affine) {
        return affine.used()
                ? TorchFunction.of(with, constants).call(x, affine.gamma(), affine.beta())
                : TorchFunction.of(without, constants).call(x);
    }

    private static Map<String, Object> constants(float epsilon) {
        return Map.of("epsilon", (double) epsilon);
    }

    private static Map<String, Object> grouped(NDArray x, int numGroups, float epsilon) {
        long groupSize = Math.max(1, x.getShape().get(1) / Math.max(1, numGroups));
        return Map.of("group_size", groupSize, "epsilon", (double) epsilon);
    }
}
