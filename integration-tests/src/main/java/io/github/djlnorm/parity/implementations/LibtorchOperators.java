package io.github.djlnorm.parity.implementations;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.cases.Running;
import io.github.djlnorm.torch.TorchFunction;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * libtorch's built-in operators in this process, which are what the modules of {@code torch.nn}
 * call, differentiated by autograd. Absent parameters are truly absent, and an input is handed over
 * just as it lies in memory.
 */
public final class LibtorchOperators implements Implementation {

    @Override
    public String name() {
        return "libtorch";
    }

    /** There is no operator that takes a mask. */
    @Override
    public boolean computes(ParityCase parityCase) {
        return !parityCase.extra().isMasked();
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
        private final Map<String, NDArray> optionals;

        Call(ParityCase parityCase, NDManager manager) {
            this.parityCase = parityCase;
            this.manager = manager;
            data = new CaseData(parityCase);
            gamma = parityCase.affine().scale() ? perChannel(data.gamma()) : null;
            beta = parityCase.affine().shift() ? perChannel(data.beta()) : null;
            boolean running = parityCase.running() != Running.OFF;
            runningMean = running ? perChannel(data.runningMean()) : null;
            runningVar = running ? perChannel(data.runningVar()) : null;
            optionals = new LinkedHashMap<>();
            optionals.put("weight", gamma);
            optionals.put("bias", beta);
            optionals.put("mean", runningMean);
            optionals.put("var", runningVar);
        }

        private NDArray perChannel(double[] values) {
            return Tensors.create(
                    manager,
                    values,
                    new Shape(parityCase.channels()),
                    parityCase.precision().parameters());
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
            if (parityCase.has(Quantity.DGAMMA)) {
                values.put(Quantity.DGAMMA, Tensors.values(gamma.getGradient()));
            }
            if (parityCase.has(Quantity.DBETA)) {
                values.put(Quantity.DBETA, Tensors.values(beta.getGradient()));
            }
            if (parityCase.running().tracked()) {
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
            StringBuilder arguments = new StringBuilder("x: Tensor");
            StringBuilder absent = new StringBuilder();
            optionals.forEach(
                    (name, array) -> {
                        if (array == null) {
                            absent.append("  ").append(name).append(" = None\n");
                        } else {
                            inputs.add(array);
                            arguments.append(", ").append(name).append(": Tensor");
                        }
                    });
            String source =
                    """
                    def forward(self, %s) -> Tensor:
                    %s  x = %s
                      y = %s
                      y = %s
                      return %s
                    """
                            .formatted(
                                    arguments,
                                    absent,
                                    channelsSecond("x"),
                                    parityCase.layer().operator(parityCase, training),
                                    parityCase.extra().operator(),
                                    asGiven("y"));
            return TorchFunction.of(source, Map.of())
                    .call(inputs.toArray(NDArray[]::new))
                    .singletonOrThrow();
        }

        private String channelsSecond(String x) {
            return switch (parityCase.layout()) {
                case LAST_AXIS -> "torch.movedim(" + x + ", -1, 1)";
                case THIRD_AXIS -> "torch.transpose(" + x + ", 1, 2)";
                case UNBATCHED -> "torch.unsqueeze(" + x + ", 0)";
                default -> x;
            };
        }

        private String asGiven(String y) {
            return switch (parityCase.layout()) {
                case LAST_AXIS -> "torch.movedim(" + y + ", 1, -1)";
                case THIRD_AXIS -> "torch.transpose(" + y + ", 1, 2)";
                case UNBATCHED -> "torch.squeeze(" + y + ", 0)";
                default -> y;
            };
        }
    }
}
