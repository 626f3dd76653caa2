package io.github.djlnorm.internal.kernel;

/** The TorchScript functions of {@link TorchKernel} that compute statistics and no more. */
final class TorchStatisticsSource {

    /*
     * Values are centered twice, as in VALID. Means of float32 values are summed and kept in
     * float64, since what shards differ by is what rounding would take from a large mean. The first
     * center has 12 binary digits, so that values are not all rounded to one side when it is
     * subtracted.
     */
    static final String MEAN_AND_VARIANCE =
            TorchSource.COMMON
                    + TorchSource.RANGE
                    + """
            def moments(self, values: Tensor, axes: List[int]) -> Tuple[Tensor, Tensor]:
              center = torch.mean(values.detach(), axes, True)
              center = center * 4097. - (center * 4097. - center)
              centered = values - center
              rest = torch.mean(centered.to(7), axes, True)
              variance = torch.mean(torch.square(centered - rest.to(values.dtype)), axes, True)
              return (center.to(7) + rest, variance.to(7))
            def forward(self, x: Tensor, settings: Tensor) -> Tuple[Tensor, Tensor]:
              values = x.to(self.statistics_type(x))
              axes = [0]
              for i in range(x.dim() - 2):
                axes = torch.append(axes, i + 2)
              mean, variance = self.moments(values, axes)
              far = self.out_of_range(variance.detach().to(values.dtype))
              if not x.is_cuda and bool(torch.any(far)):
                largest = torch.amax(torch.abs(values.detach()), axes, True)
                scale = torch.where(far, self.into_range(largest), torch.ones_like(largest))
                mean, variance = self.moments(values * scale, axes)
                scale = scale.to(7)
                mean = mean / scale
                variance = variance / scale / scale
              return (mean.flatten(), variance.flatten())
            """;

    /* hypot is the root of a sum of squares that neither overflows nor underflows on the way. */
    static final String MEAN_AND_DEVIATION =
            TorchSource.COMMON
                    + """
            def forward(self, x: Tensor, settings: Tensor) -> Tuple[Tensor, Tensor]:
              groups, epsilon, activation = self.numbers(settings)
              values = torch.flatten(x, 2).to(self.statistics_type(x))
              deviation, mean = torch.std_mean(values, [2], False)
              return (mean, torch.hypot(deviation, torch.full_like(deviation, epsilon ** 0.5)))
            """;

    private TorchStatisticsSource() {}
}
