package io.github.djlnorm.parity.verdict;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.cases.Running;
import io.github.djlnorm.torch.TorchFunction;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The formulas as PyTorch operations in double precision, with a mistake. Without one it passes
 * everywhere, so whatever fails is due to the mistake.
 */
final class MutantBlock extends AbstractBlock {

    private static final String FORMULA =
            """
            def forward(self, x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, var: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              n = x.size(0)
              c = x.size(1)
              p = 1
              groups = self.groups
              channels_to = 2
              for i in range(2, x.dim()):
                p = p * x.size(i)
              x3 = torch.reshape(torch.to(x, 7), [n, c, p])
              g = torch.reshape(torch.to(gamma, 7), [1, c, 1])
              b = torch.reshape(torch.to(beta, 7), [1, c, 1])
              if self.by_running:
                deviation = torch.sqrt(torch.reshape(torch.to(var, 7), [1, c, 1]) + self.epsilon)
                normalized = (x3 - torch.reshape(torch.to(mean, 7), [1, c, 1])) / deviation
              else:
                if self.by_position:
                  grouped = torch.transpose(x3, 1, channels_to)
                elif self.by_batch:
                  grouped = torch.reshape(torch.transpose(x3, 0, 1), [1, c, n * p])
                else:
                  grouped = torch.reshape(x3, [n, groups, c // groups * p])
                size = grouped.size(2)
                centered = grouped
                if self.centers:
                  m = torch.mean(grouped, [2], True)
                  centered = grouped - m
                v = torch.mean(centered * centered, [2], True)
                normalized = centered * torch.rsqrt(v + self.epsilon)
                if self.by_position:
                  normalized = torch.transpose(normalized, 1, channels_to)
                elif self.by_batch:
                  normalized = torch.transpose(torch.reshape(normalized, [c, n, p]), 0, 1)
                normalized = torch.reshape(normalized, [n, c, p])
              y = normalized * g + b
              if self.activation == 1:
                y = torch.relu(y)
              elif self.activation == 2:
                y = torch.leaky_relu(y, 0.01)
              elif self.activation == 3:
                y = torch.tanh(y)
              new_mean = mean
              new_var = var
              if self.moving:
                parts = x3
                if self.by_batch:
                  parts = torch.reshape(torch.transpose(x3, 0, 1), [1, c, n * p])
                p = parts.size(2)
                batch_mean = torch.mean(torch.mean(parts, [2]), [0])
                deviations = parts - torch.mean(parts, [2], True)
                batch_var = torch.mean(torch.mean(deviations * deviations, [2]) * p / (p - 1), [0])
                new_mean = (mean * self.momentum + batch_mean * (1. - self.momentum)).to(mean.dtype)
                new_var = (var * self.momentum + batch_var * (1. - self.momentum)).to(var.dtype)
              return (torch.reshape(y, x.size()).to(x.dtype), new_mean.detach(), new_var.detach())
            """;

    private final ParityCase parityCase;
    private final Mutation mutation;
    private final String source;

    MutantBlock(ParityCase parityCase, Mutation mutation) {
        this.parityCase = parityCase;
        this.mutation = mutation;
        source = mutation.applyTo(FORMULA);
        add("gamma", Parameter.Type.GAMMA, parityCase.has(Quantity.DGAMMA));
        add("beta", Parameter.Type.BETA, parityCase.has(Quantity.DBETA));
        add("runningMean", Parameter.Type.RUNNING_MEAN, false);
        add("runningVar", Parameter.Type.RUNNING_VAR, false);
    }

    private void add(String name, Parameter.Type type, boolean trained) {
        addParameter(
                Parameter.builder().setName(name).setType(type).optRequiresGrad(trained).build());
    }

    @Override
    protected void prepare(Shape[] inputShapes) {
        parameters.values().forEach(p -> p.setShape(new Shape(parityCase.channels())));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray mean = parameters.get("runningMean").getArray();
        NDArray var = parameters.get("runningVar").getArray();
        NDList result =
                TorchFunction.of(source, constants(training))
                        .call(
                                inOrder(inputs.singletonOrThrow()),
                                parameters.get("gamma").getArray(),
                                parameters.get("beta").getArray(),
                                mean,
                                var);
        result.get(1).copyTo(mean);
        result.get(2).copyTo(var);
        return new NDList(asGiven(result.get(0)));
    }

    private Map<String, Object> constants(boolean training) {
        boolean tracked = parityCase.running().tracked();
        boolean given = parityCase.running() == Running.GIVEN;
        return Map.of(
                "groups",
                (long) parityCase.groups(),
                "epsilon",
                parityCase.decimalEpsilon(),
                "momentum",
                parityCase.running().momentum(),
                "centers",
                parityCase.layer() != Layer.RMS_NORM,
                "by_position",
                parityCase.layer() == Layer.LAYER_NORM || parityCase.layer() == Layer.RMS_NORM,
                "by_running",
                given || (tracked && !training),
                "trains",
                training,
                "moving",
                tracked && training && parityCase.instances() > 0,
                "by_batch",
                parityCase.layer().joinsInstances(),
                "activation",
                activation());
    }

    private long activation() {
        return switch (parityCase.extra()) {
            case RELU -> 1;
            case LEAKY_RELU -> 2;
            case TANH -> 3;
            default -> 0;
        };
    }

    private NDArray inOrder(NDArray x) {
        int rank = x.getShape().dimension();
        return switch (parityCase.layout()) {
            case UNBATCHED -> x.expandDims(0);
            case THIRD_AXIS -> x.swapAxes(1, 2);
            case LAST_AXIS ->
                    mutation == Mutation.LAST_AXIS_TAKEN_FOR_THE_SECOND
                            ? x.reshape(parityCase.shape())
                            : x.transpose(order(rank, i -> i == 1 ? rank - 1 : i - 1));
            default -> x;
        };
    }

    private NDArray asGiven(NDArray y) {
        int rank = y.getShape().dimension();
        return switch (parityCase.layout()) {
            case UNBATCHED -> y.squeeze(0);
            case THIRD_AXIS -> y.swapAxes(1, 2);
            case LAST_AXIS ->
                    mutation == Mutation.LAST_AXIS_TAKEN_FOR_THE_SECOND
                            ? y.reshape(Tensors.seen(parityCase.shape(), Layout.LAST_AXIS))
                            : y.transpose(order(rank, i -> i == rank - 1 ? 1 : i + 1));
            default -> y;
        };
    }

    private static int[] order(int rank, IntUnaryOperator axes) {
        return IntStream.range(0, rank).map(i -> i == 0 ? 0 : axes.applyAsInt(i)).toArray();
    }
}
