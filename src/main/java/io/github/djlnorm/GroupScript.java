package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.torch.TorchFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The TorchScript of normalization over groups, in one of its forms. A form has no line that its
 * call does not need: what Java knows beforehand is not asked again in each call.
 *
 * <p>Its arguments are the input, the convolution's weight and bias if there are any, gamma and
 * beta if they are used, the running mean and variance if they are moved, and integers: the number
 * of groups, the number of chunks, and those of {@link Convolved#integers}.
 *
 * @param core what is normalized
 * @param convolution what comes before
 * @param parameters what gamma and beta are
 * @param type the type of the input
 * @param checks whether the statistics are looked at
 * @param inChunks whether a group is divided into chunks where autograd records nothing
 * @param activation what comes after, or null
 */
record GroupScript(
        Core core,
        Convolution convolution,
        Parameters parameters,
        DataType type,
        boolean checks,
        boolean inChunks,
        FusedActivation activation) {

    private static final Map<GroupScript, String> SOURCES = new ConcurrentHashMap<>();

    /** What is normalized. */
    enum Core {
        /** Groups of channels and positions. */
        GROUPS,
        /** The only group of each row of a matrix. */
        ROWS,
        /** Channels, whose statistics move the running ones. */
        TRACKED_CHANNELS
    }

    /** What comes before. */
    enum Convolution {
        /** Nothing. */
        NONE,
        /** A convolution without a bias. */
        PLAIN,
        /** A convolution with a bias. */
        WITH_BIAS
    }

    /** What gamma and beta are. */
    enum Parameters {
        /** Not used. */
        NONE,
        /** Of the type of the statistics. */
        SUITABLE,
        /** Of another type. */
        OTHER
    }

    /* Types by their number, as TorchScript archives have them: 6 is float32, 7 is float64. */
    static final String COMMON =
            """
            def statistics_type(self, x: Tensor) -> int:
              if x.element_size() == 8:
                result = 7
              else:
                result = 6
              return result
            def positions(self, x: Tensor) -> int:
              return x.numel() // max(1, x.size(0) * x.size(1))
            def magnitude(self, x: Tensor) -> float:
              if x.element_size() == 8:
                result = 200.
              else:
                result = 40.
              return result
            def shrink(self, largest: Tensor) -> Tensor:
              return torch.pow(2., torch.floor(self.magnitude(largest) - torch.log2(largest)))
            """;

    /*
     * Why not torch.group_norm: it hides the statistics, and they tell where the float32 arithmetic
     * of the kernel fails. Where a mean is large beside its deviation, digits cancel, so the group
     * is centered first. Where the variance overflowed, it is scaled. Other groups stay as they are
     * to the last digit. Mostly, bounds that all groups share tell that all is well. The statistics
     * leave the graph: TorchScript's own autograd would send zeros back through them, and zero
     * times an overflowed deviation is not zero.
     */
    private static final String CHECK =
            """
            def trusts(self, mean: Tensor, rstd: Tensor) -> bool:
              low_mean, high_mean = torch.aminmax(mean)
              low_rstd, high_rstd = torch.aminmax(rstd)
              if not float(low_rstd) > 0.:
                result = False
              elif max(float(high_mean), -float(low_mean)) * float(high_rstd) < 4.:
                result = True
              else:
                lowest, highest = torch.aminmax(mean * rstd)
                result = float(lowest) > -4. and float(highest) < 4.
              return result
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
              return (y, (mean1.detach() + shift) / scale, rstd1.detach() * scale)
            """;

    /*
     * The kernel gives each group of each instance to one thread. Where there are fewer of them
     * than threads, each is normalized in chunks, and the chunks' statistics, put together exactly,
     * turn the result in place into that of the whole group. Autograd goes back through the
     * chunks' statistics in many passes, so that what it records is left whole. A chunk is a number
     * of sections, equal parts of a channel.
     */
    private static final String CHUNKS =
            """
            def recorded(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor]) -> bool:
              result = x.requires_grad
              if gamma is not None:
                result = result or gamma.requires_grad
              if beta is not None:
                result = result or beta.requires_grad
              return result and torch.is_grad_enabled()
            def in_chunks(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int, chunks: int) -> Tuple[Tensor, Tensor, Tensor]:
              channels = x.size(1) // groups
              sections = 1
              while channels * sections % chunks != 0:
                sections = sections * 2
              size = channels * self.positions(x) // chunks
              by_chunk = x.reshape(1, -1, size)
              y, means, rstds = self.kernel(by_chunk, None, None, by_chunk.size(1))
              means = means.reshape(x.size(0), groups, chunks)
              deviations = torch.reciprocal(rstds).reshape(x.size(0), groups, chunks)
              mean = torch.mean(means, [2], True)
              offsets = means - mean
              rstd = torch.rsqrt(torch.mean(deviations * deviations + offsets * offsets, [2], True))
              by_section = [x.size(0), groups * chunks, channels * sections // chunks]
              by_channel = [x.size(0), x.size(1), sections]
              scale = (deviations * rstd).reshape(x.size(0), -1, 1).expand(by_section).reshape(by_channel)
              shift = (offsets * rstd).reshape(x.size(0), -1, 1).expand(by_section).reshape(by_channel)
              if gamma is not None:
                weight = gamma.reshape(1, -1, 1)
                scale = scale * weight
                shift = shift * weight
              if beta is not None:
                shift = shift + beta.reshape(1, -1, 1)
              rows = y.view([scale.numel(), -1])
              rows = rows.mul_(scale.reshape(-1, 1)).add_(shift.reshape(-1, 1))
              return (y.view(x.size()), mean.squeeze(2), rstd.squeeze(2))
            """;

    private static final String GROUP_KERNEL =
            """
            def kernel(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int) -> Tuple[Tensor, Tensor, Tensor]:
              return torch.native_group_norm(x, gamma, beta, x.size(0), x.size(1), self.positions(x), groups, self.epsilon)
            """;

    /* The same for the one group of a row, by a kernel that is several times as fast on those. */
    private static final String ROW_KERNEL =
            """
            def kernel(self, x: Tensor, gamma: Optional[Tensor], beta: Optional[Tensor], groups: int) -> Tuple[Tensor, Tensor, Tensor]:
              return torch.native_layer_norm(x, [x.size(1)], gamma, beta, self.epsilon)
            """;

    /*
     * 1 / rstd^2 - epsilon is the variance for free, but where epsilon dominates the sum nothing of
     * the variance is left in it, and a second look at the data pays for exactness. Averages are
     * not multiplied by more than one: a variance may be near the largest number of its type.
     */
    private static final String TRACK =
            """
            def average(self, per_instance: Tensor) -> Tensor:
              if per_instance.size(0) == 1:
                result = per_instance.squeeze(0)
              else:
                result = torch.mean(per_instance, [0])
              return result
            def move(self, running: Tensor, average: Tensor, factor: float) -> Tensor:
              weight = (1. - self.momentum) * factor
              old = running.mul_(self.momentum)
              if average.dtype == running.dtype:
                result = old.add_(average, alpha=weight)
              else:
                result = old.add_((average * weight).to(running.dtype))
              return result
            def track(self, x: Tensor, mean: Tensor, rstd: Tensor, running_mean: Tensor, running_var: Tensor) -> bool:
              variance = torch.reciprocal(rstd * rstd) - self.epsilon
              if float(torch.min(variance)) < self.epsilon:
                values = x.detach().reshape(x.size(0), x.size(1), -1).to(mean.dtype)
                variance = torch.mean(torch.square(values - mean.unsqueeze(2)), [2])
              positions = float(self.positions(x))
              moved_mean = self.move(running_mean, self.average(mean), 1.)
              moved_var = self.move(running_var, self.average(variance), positions / (positions - 1.))
              return True
            """;

    private static final String CONVOLVE =
            """
            def convolve(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], integers: Tensor) -> Tensor:
              sizes = integers.size()
              axes = (len(sizes) - 4) // 3
              stride = sizes[3:3 + axes]
              padding = sizes[3 + axes:3 + 2 * axes]
              dilation = sizes[3 + 2 * axes:3 + 3 * axes]
              return torch.convolution(x, weight, bias, stride, padding, dilation, False, [0], sizes[2])
            """;

    /**
     * The form for an input, or what a convolution makes of it.
     *
     * @param shape the shape of what is normalized
     * @param chunks into how many chunks each group is to be divided
     */
    static GroupScript of(
            Core core, Convolution convolution, NDArray input, Shape shape, int chunks, Step step) {
        return new GroupScript(
                core,
                convolution,
                parameters(step.affine(), Kernel.statisticsType(input)),
                input.getDataType(),
                shape.size() > 0 && !input.getDevice().isGpu(), // a GPU would have to be waited for
                chunks > 1,
                step.activation());
    }

    private static Parameters parameters(Affine affine, DataType statistics) {
        if (!affine.used()) {
            return Parameters.NONE;
        }
        return affine.gamma().getDataType() == statistics
                        && affine.beta().getDataType() == statistics
                ? Parameters.SUITABLE
                : Parameters.OTHER;
    }

    /** The function of this form with its constants, loaded on first use. */
    TorchFunction function(Map<String, Object> constants) {
        return TorchFunction.of(SOURCES.computeIfAbsent(this, GroupScript::source), constants);
    }

    private String source() {
        return COMMON
                + (checks ? CHECK : "")
                + (inChunks ? CHUNKS : "")
                + (core == Core.ROWS ? ROW_KERNEL : GROUP_KERNEL)
                + (core == Core.TRACKED_CHANNELS ? TRACK : "")
                + (convolution == Convolution.NONE ? "" : CONVOLVE)
                + forward();
    }

    /*
     * On a channels-last input the CPU's kernel loses the variance altogether, so the input is made
     * contiguous. Kernels other than that of groups on the CPU take only one type or sum float16
     * gradients in float16; the conversion is here because NDArray.toType cuts the gradient on this
     * engine.
     */
    private String forward() {
        boolean half = type == DataType.FLOAT16;
        List<String> lines = new ArrayList<>();
        lines.add("groups = integers.size(0)");
        if (convolution != Convolution.NONE) {
            String bias = convolution == Convolution.WITH_BIAS ? "bias" : "None";
            lines.add("x = self.convolve(x, weight, " + bias + ", integers)");
        }
        lines.add("x = x.contiguous()");
        if (half && (core == Core.ROWS || !checks)) {
            lines.add("x = x.to(6)");
        }
        if (parameters == Parameters.OTHER) {
            lines.add("gamma = gamma.to(self.statistics_type(x))");
            lines.add("beta = beta.to(self.statistics_type(x))");
        }
        addNormalizing(lines);
        if (half) {
            lines.add("y = y.to(5)");
        }
        if (core == Core.TRACKED_CHANNELS) {
            lines.add(
                    "tracked = self.track(x, mean.detach(), rstd.detach(), running_mean, running_var)");
        }
        lines.add("return " + FusedActivation.inPlace(activation));
        return "def forward(self, x: Tensor"
                + arguments()
                + ", integers: Tensor) -> Tensor:\n  "
                + String.join("\n  ", lines)
                + "\n";
    }

    private void addNormalizing(List<String> lines) {
        String values = parameters == Parameters.NONE ? "x, None, None" : "x, gamma, beta";
        String whole = "y, mean, rstd = self.kernel(" + values + ", groups)";
        if (inChunks) {
            lines.add("if self.recorded(" + values + "):");
            lines.add("  " + whole);
            lines.add("else:");
            lines.add("  y, mean, rstd = self.in_chunks(" + values + ", groups, integers.size(1))");
        } else {
            lines.add(whole);
        }
        if (checks) {
            lines.add("if not self.trusts(mean, rstd):");
            lines.add(
                    "  y, mean, rstd = self.careful("
                            + values
                            + ", groups, mean.detach(), rstd.detach())");
        }
    }

    private String arguments() {
        return (convolution == Convolution.NONE ? "" : ", weight: Tensor")
                + (convolution == Convolution.WITH_BIAS ? ", bias: Tensor" : "")
                + (parameters == Parameters.NONE ? "" : ", gamma: Tensor, beta: Tensor")
                + (core == Core.TRACKED_CHANNELS
                        ? ", running_mean: Tensor, running_var: Tensor"
                        : "");
    }
}
