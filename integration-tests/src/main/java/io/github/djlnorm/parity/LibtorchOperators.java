package io.github.djlnorm.parity;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.torch.TorchFunction;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * libtorch's built-in {@code torch.group_norm} and {@code torch.instance_norm} in this process,
 * which is what {@code nn.GroupNorm} and {@code nn.InstanceNorm} call, differentiated by autograd.
 * Absent parameters are truly absent, and an input is handed over just as it lies in memory.
 */
final class LibtorchOperators implements Implementation {

    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public List<Outcome> run(List<ParityCase> cases) {
        return cases.stream().map(LibtorchOperators::run).toList();
    }

    private static Outcome run(ParityCase parityCase) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return new Call(parityCase, manager).run();
        } catch (EngineException e) {
            return Outcome.refused(e.getMessage());
        }
    }

    /** One case's arrays. */
    private static final class Call {

        private final ParityCase parityCase;
        private final CaseData data;
        private final NDManager manager;
        private final NDArray gamma;
        private final NDArray beta;
        private final NDArray runningMean;
        private final NDArray runningVar;

        Call(ParityCase parityCase, NDManager manager) {
            this.parityCase = parityCase;
            this.manager = manager;
            data = new CaseData(parityCase);
            Shape channels = new Shape(parityCase.channels());
            DataType type = parityCase.precision().parameters();
            gamma =
                    parityCase.affine().scale()
                            ? Tensors.create(manager, data.gamma(), channels, type)
                            : null;
            beta =
                    parityCase.affine().shift()
                            ? Tensors.create(manager, data.beta(), channels, type)
                            : null;
            boolean tracked = parityCase.running().tracked();
            runningMean = tracked ? manager.zeros(channels, type) : null;
            runningVar = tracked ? manager.ones(channels, type) : null;
        }

        Outcome run() {
            Stream.of(gamma, beta)
                    .filter(parameter -> parameter != null)
                    .forEach(parameter -> parameter.setRequiresGradient(true));
            List<Boolean> passes = parityCase.passes();
            int last = passes.size() - 1;
            for (int pass = 0; pass < last; pass++) {
                forward(input(pass), passes.get(pass));
            }
            NDArray x = input(last);
            x.setRequiresGradient(true);
            Layout layout = parityCase.layout();
            NDArray dy =
                    Tensors.create(
                            manager,
                            data.dy(),
                            parityCase.shape(),
                            parityCase.precision().input(),
                            layout);
            NDArray y = Autograd.run(() -> forward(x, passes.get(last)), output -> dy);
            Map<Quantity, double[]> values = new EnumMap<>(Quantity.class);
            values.put(Quantity.Y, Tensors.values(y, parityCase.shape(), layout));
            values.put(Quantity.DX, Tensors.values(x.getGradient(), parityCase.shape(), layout));
            if (gamma != null) {
                values.put(Quantity.DGAMMA, Tensors.values(gamma.getGradient()));
            }
            if (beta != null) {
                values.put(Quantity.DBETA, Tensors.values(beta.getGradient()));
            }
            if (runningMean != null) {
                values.put(Quantity.RUNNING_MEAN, Tensors.values(runningMean));
                values.put(Quantity.RUNNING_VAR, Tensors.values(runningVar));
            }
            return Outcome.of(values);
        }

        private NDArray input(int pass) {
            return Tensors.create(
                    manager,
                    data.x(pass),
                    parityCase.shape(),
                    parityCase.precision().input(),
                    parityCase.layout());
        }

        private NDArray forward(NDArray x, boolean training) {
            NDList inputs = new NDList(x);
            String arguments = "x: Tensor";
            for (Map.Entry<String, NDArray> optional : optionals()) {
                inputs.add(optional.getValue());
                arguments += ", " + optional.getKey() + ": Tensor";
            }
            String source =
                    "def forward(self, %s) -> Tensor:\n  y = %s\n  return %s\n"
                            .formatted(arguments, operator(training), restored("y"));
            return TorchFunction.of(source, constants())
                    .call(inputs.toArray(NDArray[]::new))
                    .singletonOrThrow();
        }

        private List<Map.Entry<String, NDArray>> optionals() {
            return Stream.of(
                            entry("weight", gamma),
                            entry("bias", beta),
                            entry("mean", runningMean),
                            entry("var", runningVar))
                    .filter(entry -> entry.getValue() != null)
                    .collect(Collectors.toList());
        }

        private static Map.Entry<String, NDArray> entry(String name, NDArray value) {
            return new java.util.AbstractMap.SimpleImmutableEntry<>(name, value);
        }

        private String operator(boolean training) {
            String input =
                    switch (parityCase.layout()) {
                        case LAST_AXIS -> "torch.movedim(x, -1, 1)";
                        case UNBATCHED -> "torch.unsqueeze(x, 0)";
                        default -> "x";
                    };
            String weight = gamma == null ? "None" : "weight";
            String bias = beta == null ? "None" : "bias";
            if (parityCase.layer() == Layer.GROUP_NORM) {
                return "torch.group_norm(%s, self.groups, %s, %s, self.epsilon)"
                        .formatted(input, weight, bias);
            }
            String running = runningMean == null ? "None, None" : "mean, var";
            String ownStatistics = training || runningMean == null ? "True" : "False";
            return "torch.instance_norm(%s, %s, %s, %s, %s, self.momentum, self.epsilon, False)"
                    .formatted(input, weight, bias, running, ownStatistics);
        }

        private String restored(String y) {
            return switch (parityCase.layout()) {
                case LAST_AXIS -> "torch.movedim(" + y + ", 1, -1)";
                case UNBATCHED -> "torch.squeeze(" + y + ", 0)";
                default -> y;
            };
        }

        private Map<String, Object> constants() {
            double epsilon = parityCase.epsilon();
            return parityCase.layer() == Layer.GROUP_NORM
                    ? Map.of("groups", (long) parityCase.groups(), "epsilon", epsilon)
                    : Map.of("momentum", (double) (1 - CaseData.MOMENTUM), "epsilon", epsilon);
        }
    }
}
