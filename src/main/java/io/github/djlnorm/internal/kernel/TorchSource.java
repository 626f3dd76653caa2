package io.github.djlnorm.internal.kernel;

/**
 * The TorchScript functions of {@link TorchKernel}, one for each kind of statistics.
 *
 * <p>What all take last are the settings: the number of groups, epsilon and the code of the
 * activation. A parameter that is absent is an array without elements.
 */
final class TorchSource {

    /*
     * Types by their number, as TorchScript archives have them: 6 is float32, 7 is float64. Types
     * are converted here, since DJL's own conversion cuts the gradient.
     * libtorch's kernels read a parameter's memory as if it were dense, and fail in the backward
     * pass where one of scale and shift is absent.
     */
    static final String COMMON =
            """
            def numbers(self, settings: Tensor) -> Tuple[int, float, int]:
              numbers = annotate(List[float], settings.tolist())
              return (int(numbers[0]), numbers[1], int(numbers[2]))
            def statistics_type(self, x: Tensor) -> int:
              if x.element_size() == 8:
                result = 7
              else:
                result = 6
              return result
            def given(self, parameter: Tensor) -> bool:
              return parameter.numel() > 0
            def scale_and_shift(self, gamma: Tensor, beta: Tensor, type: int) -> Tuple[Optional[Tensor], Optional[Tensor]]:
              scale = annotate(Optional[Tensor], None)
              shift = annotate(Optional[Tensor], None)
              if self.given(gamma):
                scale = gamma.to(type).contiguous()
              elif self.given(beta):
                scale = torch.ones_like(beta, dtype=type).contiguous()
              if self.given(beta):
                shift = beta.to(type).contiguous()
              elif self.given(gamma):
                shift = torch.zeros_like(gamma, dtype=type).contiguous()
              return (scale, shift)
            def per_channel(self, parameter: Tensor, x: Tensor) -> Tensor:
              sizes = [1, x.size(1)]
              for i in range(x.dim() - 2):
                sizes = torch.append(sizes, 1)
              return parameter.reshape(sizes)
            def finished(self, y: Tensor, x: Tensor, activation: int) -> Tensor:
              if activation == 1:
                y = torch.relu_(y)
              elif activation == 2:
                y = torch.leaky_relu_(y, 0.01)
              elif activation == 3:
                y = torch.tanh_(y)
              if x.is_contiguous():
                result = y.to(x.dtype)
              else:
                result = torch.empty_like(x).copy_(y)
              return result
            """;

    /*
     * Where squares overflow or underflow, or their gradients, values are multiplied by a power of
     * two, which changes no digit of the result. Large ones become so large that epsilon, which is
     * not multiplied, is still negligible.
     */
    static final String RANGE =
            """
            def magnitude(self, x: Tensor) -> float:
              if x.element_size() == 8:
                result = 200.
              else:
                result = 40.
              return result
            def out_of_range(self, squares: Tensor) -> Tensor:
              limit = 2. ** (2. * self.magnitude(squares))
              return torch.logical_not(torch.logical_and(squares < limit, squares > 1. / limit))
            def into_range(self, largest: Tensor) -> Tensor:
              magnitude = self.magnitude(largest)
              exponent = torch.neg(torch.floor(torch.log2(largest)))
              exponent = torch.where(exponent < 0., exponent + magnitude, exponent)
              return torch.pow(2., torch.clamp(exponent, None, 3. * magnitude))
            """;

    /*
     * Why not torch.group_norm: it hides the statistics, and they tell where the float32 arithmetic
     * of the kernel fails. Where a mean is large beside its deviation, digits cancel, so the group
     * is centered first. Other groups stay as they are to the last digit. Mostly, bounds that all
     * groups share tell that all is well; a GPU would have to be waited for. The statistics leave
     * the graph: TorchScript's own autograd would send zeros back through them, and zero times an
     * overflowed deviation is not zero. On channels-last memory the kernel loses the variance
     * altogether, so values are made contiguous.
     */
    private static final String OWN_STATISTICS =
            COMMON
                    + RANGE
                    + """
            def trusts(self, mean: Tensor, rstd: Tensor) -> bool:
              limit = 2. ** self.magnitude(rstd)
              low_mean, high_mean = torch.aminmax(mean)
              low_rstd, high_rstd = torch.aminmax(rstd)
              if not (float(low_rstd) > 1. / limit and float(high_rstd) < limit):
                result = False
              elif max(float(high_mean), -float(low_mean)) * float(high_rstd) < 4.:
                result = True
              else:
                lowest, highest = torch.aminmax(mean * rstd)
                result = float(lowest) > -4. and float(highest) < 4.
              return result
            def centered_first(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int, epsilon: float, mean: Tensor, rstd: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              values = x.reshape(x.size(0), groups, -1)
              far = self.out_of_range(torch.square(torch.reciprocal(rstd)))
              scale = torch.where(far, self.into_range(torch.amax(torch.abs(values.detach()), 2)), torch.ones_like(rstd))
              values = values * scale.unsqueeze(2)
              center = torch.where(far, torch.mean(values.detach(), 2), mean)
              fine = torch.logical_and(torch.abs(mean) * rstd < 4., torch.logical_not(far))
              shift = torch.where(fine, torch.zeros_like(center), center)
              values = (values - shift.unsqueeze(2)).reshape(x.size())
              y, rest, new_rstd = self.kernel(values, gamma, beta, groups, epsilon)
              return (y, (rest.detach() + shift) / scale, new_rstd.detach() * scale)
            def normalize(self, x: Tensor, gamma: Tensor, beta: Tensor, groups: int, epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
              type = self.statistics_type(x)
              values = x.to(type).contiguous()
              scale, shift = self.scale_and_shift(gamma, beta, type)
              y, mean, rstd = self.kernel(values, scale, shift, groups, epsilon)
              mean = mean.detach()
              rstd = rstd.detach()
              if not (x.is_cuda or self.trusts(mean, rstd)):
                y, mean, rstd = self.centered_first(values, scale, shift, groups, epsilon, mean, rstd)
              return (y, mean, rstd)
            """;

    private static final String OF_GROUPS =
            """
            def kernel(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int, epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
              positions = x.numel() // (x.size(0) * x.size(1))
              return torch.native_group_norm(x, gamma, beta, x.size(0), x.size(1), positions, groups, epsilon)
            """;

    /* The same for the one group of a row, by a kernel that is several times as fast on those. */
    private static final String OF_ROWS =
            """
            def kernel(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int, epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
              return torch.native_layer_norm(x, [x.size(1)], gamma, beta, epsilon)
            """;

    private static final String RETURN_OUTPUT =
            """
            def forward(self, x: Tensor, gamma: Tensor, beta: Tensor, settings: Tensor) -> Tensor:
              groups, epsilon, activation = self.numbers(settings)
              y, mean, rstd = self.normalize(x, gamma, beta, groups, epsilon)
              return self.finished(y, x, activation)
            """;

    static final String GROUPS = OWN_STATISTICS + OF_GROUPS + RETURN_OUTPUT;

    static final String ROWS = OWN_STATISTICS + OF_ROWS + RETURN_OUTPUT;

    /*
     * 1 / rstd^2 - epsilon is the variance for free, but where epsilon dominates the sum nothing of
     * the variance is left in it, and a second look at the data pays for exactness.
     */
    static final String CHANNELS =
            OWN_STATISTICS
                    + OF_GROUPS
                    + """
            def forward(self, x: Tensor, gamma: Tensor, beta: Tensor, settings: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              groups, epsilon, activation = self.numbers(settings)
              y, mean, rstd = self.normalize(x, gamma, beta, groups, epsilon)
              variance = torch.square(torch.reciprocal(rstd)) - epsilon
              lost = variance < epsilon
              if bool(torch.any(lost)):
                centered = x.detach().to(mean.dtype).reshape(x.size(0), x.size(1), -1) - mean.unsqueeze(2)
                centered = centered - torch.mean(centered, [2], True)
                variance = torch.where(lost, torch.mean(torch.square(centered), [2]), variance)
              mean = torch.mean(mean.to(7), [0])
              variance = torch.mean(variance.to(7), [0])
              return (self.finished(y, x, activation), mean, variance)
            """;

    /*
     * Invalid positions become zero before anything else, and their share of the gradient with
     * them, so what they hold is never seen. Values are centered twice: the first mean is rounded,
     * and what that cost is in the second. An instance without a valid position divides by one.
     */
    static final String VALID =
            COMMON
                    + RANGE
                    + """
            def moments(self, values: Tensor, invalid: Tensor, count: Tensor) -> Tuple[Tensor, Tensor]:
              mean = torch.sum(values.detach(), [2, 3], True) / count
              centered = torch.masked_fill(values - mean, invalid, 0.)
              rest = torch.sum(centered, [2, 3], True) / count
              centered = torch.masked_fill(centered - rest, invalid, 0.)
              return (centered, torch.sum(centered * centered, [2, 3], True) / count)
            def forward(self, x: Tensor, mask: Tensor, gamma: Tensor, beta: Tensor, settings: Tensor) -> Tensor:
              groups, epsilon, activation = self.numbers(settings)
              type = self.statistics_type(x)
              group_size = x.size(1) // groups
              positions = x.numel() // (x.size(0) * x.size(1))
              invalid = (mask == 0).reshape([x.size(0), 1, 1, positions])
              values = x.to(type).reshape([x.size(0), groups, group_size, positions])
              values = torch.masked_fill(values, invalid, 0.)
              valid = torch.sum(torch.logical_not(invalid), [3], True) * group_size
              empty = (valid == 0).to(type)
              count = valid.to(type) + empty
              centered, variance = self.moments(values, invalid, count)
              far = self.out_of_range(variance.detach() + epsilon + empty)
              if not x.is_cuda and bool(torch.any(far)):
                largest = torch.amax(torch.abs(values.detach()), [2, 3], True)
                scale = torch.where(far, self.into_range(largest), torch.ones_like(largest))
                centered, variance = self.moments(values * scale, invalid, count)
              y = centered / torch.sqrt(variance + epsilon + empty)
              channels = [1, groups, group_size, 1]
              if self.given(gamma):
                y = y * gamma.to(type).reshape(channels)
              if self.given(beta):
                y = y + beta.to(type).reshape(channels)
              y = torch.masked_fill(y, invalid, 0.).reshape(x.size())
              return self.finished(y, x, activation)
            """;

    /*
     * x * a + b with constants a and b would lose the digits that a large mean and x share. So would
     * a mean that is rounded to the type of x: what it is rounded by goes into the shift.
     */
    static final String CONSTANTS =
            COMMON
                    + """
            def forward(self, x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor, settings: Tensor) -> Tensor:
              groups, epsilon, activation = self.numbers(settings)
              type = self.statistics_type(x)
              scale = torch.rsqrt(variance.to(7) + epsilon)
              if self.given(gamma):
                scale = scale * gamma.to(7)
              center = mean.to(type)
              y = (x.to(type) - self.per_channel(center, x)) * self.per_channel(scale.to(type), x)
              shift = annotate(Optional[Tensor], None)
              if self.given(beta):
                shift = beta.to(type)
              if mean.element_size() == 8 and type == 6:
                rest = (center.to(7) - mean) * scale
                if self.given(beta):
                  rest = rest + beta.to(7)
                shift = rest.to(type)
              if shift is not None:
                y = y + self.per_channel(shift, x)
              return self.finished(y, x, activation)
            """;

    static final String ROOT_MEAN_SQUARE =
            COMMON
                    + RANGE
                    + """
            def forward(self, x: Tensor, gamma: Tensor, settings: Tensor) -> Tensor:
              groups, epsilon, activation = self.numbers(settings)
              values = x.to(self.statistics_type(x))
              square = torch.mean(values * values, [1], True)
              far = self.out_of_range(square.detach() + epsilon)
              if not x.is_cuda and bool(torch.any(far)):
                largest = torch.amax(torch.abs(values.detach()), [1], True)
                values = values * torch.where(far, self.into_range(largest), torch.ones_like(largest))
                square = torch.mean(values * values, [1], True)
              y = values / torch.sqrt(square + epsilon)
              if self.given(gamma):
                y = y * self.per_channel(gamma.to(y.dtype), x)
              return self.finished(y, x, activation)
            """;

    private TorchSource() {}
}
