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
     * conversion is here because NDArray.toType cuts the gradient on this engine.
     */
    private static final String STATISTICS_TYPE =
            """
            def statistics_type(self, x: Tensor) -> int:
              if x.element_size() == 8:
                result = 7
              else:
                result = 6
              return result
            """;

    /*
     * Why not torch.group_norm: it hides the statistics, and they tell where the float32 arithmetic
     * of the kernel fails. Where a mean is large beside its deviation, digits cancel, so the group
     * is centered first. Where the variance overflowed, it is scaled by a power of two, which
     * changes no digit of the result, to a magnitude at which the cube of the deviation fits its
     * type and epsilon is still negligible. Other groups stay as they are to the last digit. Asking
     * for the statistics on CUDA would make every call wait for the device, and there the kernel
     * takes only one type. On a channels-last input the CPU kernel loses the variance altogether,
     * so the input is made contiguous. The statistics leave the graph: TorchScript's own autograd
     * would send zeros back through them, and zero times an overflowed deviation is not zero.
     */
    private static final String GROUPS =
            STATISTICS_TYPE
                    + """
            def kernel(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int) -> Tuple[Tensor, Tensor, Tensor]:
              n = x.size(0)
              c = x.size(1)
              positions = 1
              for i in range(2, x.dim()):
                positions = positions * x.size(i)
              y, mean, rstd = torch.native_group_norm(x, gamma, beta, n, c, positions, groups, self.epsilon)
              return (y, mean.detach(), rstd.detach())
            def trusts(self, mean: Tensor, rstd: Tensor) -> bool:
              lowest, highest = torch.aminmax(mean * rstd)
              return float(torch.min(rstd)) > 0. and float(lowest) > -4. and float(highest) < 4.
            def careful(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int, mean: Tensor, rstd: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              by_group = x.to(mean.dtype).reshape(x.size(0), groups, -1)
              scale = torch.ones_like(rstd)
              center = mean
              if not bool(torch.min(rstd) > 0):
                if x.element_size() == 8:
                  magnitude = 200.
                else:
                  magnitude = 40.
                largest = torch.amax(torch.abs(by_group.detach()), 2)
                shrink = torch.pow(2., torch.floor(magnitude - torch.log2(largest)))
                scale = torch.where(rstd > 0, scale, shrink)
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
            GROUPS
                    + """
            def forward(self, x: Tensor) -> Tensor:
              y, mean, rstd = self.normalize(x, None, None, self.groups)
              return y
            """;

    private static final String AFFINE_OUTPUT =
            GROUPS
                    + """
            def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
              type = self.statistics_type(x)
              y, mean, rstd = self.normalize(x, gamma.to(type), beta.to(type), self.groups)
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
            STATISTICS_TYPE
                    + """
            def forward(self, x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
              type = self.statistics_type(x)
              return torch.batch_norm(x, gamma.to(type), beta.to(type), mean.to(type), variance.to(type), False, 0., self.epsilon, False)
            """;

    private TorchKernel() {}

    @Override
    public NDArray normalize(NDArray x, int numGroups, Affine affine, float epsilon) {
        Map<String, Object> constants =
                Map.of("groups", (long) numGroups, "epsilon", (double) epsilon);
        return call(AFFINE_OUTPUT, OUTPUT, constants, x, affine).get(0);
    }

    @Override
    public NDList normalizeChannels(NDArray x, Affine affine, float epsilon) {
        Map<String, Object> constants = Map.of("epsilon", (double) epsilon);
        return call(AFFINE_OUTPUT_AND_STATISTICS, OUTPUT_AND_STATISTICS, constants, x, affine);
    }

    private static NDList call(
            String with, String without, Map<String, Object> constants, NDArray x, Affine affine) {
        return affine.used()
                ? TorchFunction.of(with, constants).call(x, affine.gamma(), affine.beta())
                : TorchFunction.of(without, constants).call(x);
    }

    @Override
    public NDArray normalizeWith(
            NDArray x, NDArray mean, NDArray variance, Affine affine, float epsilon) {
        return TorchFunction.of(GIVEN_STATISTICS, Map.of("epsilon", (double) epsilon))
                .call(x, mean, variance, affine.gamma(), affine.beta())
                .get(0);
    }
}
